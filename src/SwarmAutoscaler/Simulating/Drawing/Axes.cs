using System.Globalization;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>From left to right.</summary>
sealed record TimeAxis(TimeSpan From, TimeSpan To, double Left, double Right)
{
    const int MostTicks = 12;

    static readonly int[] StepSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 31536000];

    public double At(TimeSpan time) => Left + (Right - Left) * ((time - From) / (To - From));

    public IEnumerable<(TimeSpan At, string Text)> Ticks()
    {
        var step = TimeSpan.FromSeconds(StepSeconds.FirstOrDefault(seconds => (To - From).TotalSeconds / seconds <= MostTicks, StepSeconds[^1]));
        for (var at = step * Math.Ceiling(From / step); at <= To; at += step)
            yield return (at, Durations.Write(at));
    }
}

/// <summary>From bottom to top.</summary>
sealed class ValueAxis
{
    const int WantedTicks = 4;

    readonly double bottom, top, step;
    readonly AxisNumbers numbers;
    readonly (double Top, double Bottom) frame;

    /// <param name="lowest">The least that is to be seen; the axis begins at 0 or below.</param>
    /// <param name="highest">The most that is to be seen.</param>
    /// <param name="numbers">How numbers are written.</param>
    /// <param name="frame">Where the ends of the axis are in the picture.</param>
    public ValueAxis(double lowest, double highest, AxisNumbers numbers, (double Top, double Bottom) frame)
    {
        (this.numbers, this.frame) = (numbers, frame);
        lowest = Math.Clamp(lowest, -1e300, 0); // so that no difference of two numbers is infinite
        highest = Math.Clamp(highest, 0, 1e300);
        double range = highest - lowest > 0 ? highest - lowest : 1;
        step = Step(range / WantedTicks, numbers == AxisNumbers.Whole ? 1 : 0);
        bottom = Math.Floor(lowest / step) * step;
        top = Math.Max(bottom + step, Math.Ceiling(highest / step - 1e-9) * step);
    }

    public double At(double value) => frame.Bottom - (frame.Bottom - frame.Top) * (Math.Clamp(value, -1e300, 1e300) - bottom) / (top - bottom);

    public IEnumerable<(double Value, string Text)> Ticks() =>
        Enumerable.Range(0, (int)Math.Round((top - bottom) / step) + 1).Select(i => bottom + i * step).Select(value => (value, Write(value)));

    /// <summary>1, 2 or 5 × a power of ten, the first that is not smaller.</summary>
    static double Step(double atLeast, double smallest)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        double step = new[] { 1.0, 2, 5, 10 }.First(factor => factor >= 10 || factor * power >= atLeast * (1 - 1e-9)) * power;
        return Math.Max(step, smallest);
    }

    string Write(double value) => numbers == AxisNumbers.Percent ? $"{PictureText.Number(value * 100)} %" : PictureText.Number(value);
}

/// <summary>Numbers as they stand in a picture.</summary>
static class PictureText
{
    public static string Number(double value) => Math.Abs(value) is >= 1e15 or (> 0 and < 1e-6)
        ? value.ToString("0.###E+0", CultureInfo.InvariantCulture)
        : value.ToString("#,0.####", CultureInfo.InvariantCulture);
}
