namespace SwarmAutoscaler.Deciding;

/// <summary>The arithmetic all strategies share.</summary>
static class Counts
{
    /// <summary>What a quotient of two doubles may be off by without meaning anything: 3.0000000001 is 3.</summary>
    const double Noise = 1e-9;

    /// <summary>The smallest count that covers <paramref name="value"/>: 2.2 is 3, 3.0000000001 is 3; never negative, never beyond an int.</summary>
    public static int Covering(double value) => (int)Math.Clamp(Math.Ceiling(value - Noise), 0, int.MaxValue);

    /// <summary>1 − down ≤ ratio ≤ 1 + up, both ends included.</summary>
    public static bool IsWithinTolerance(double ratio, in StrategyContext context) =>
        ratio >= 1 - context.ToleranceDown - Noise && ratio <= 1 + context.ToleranceUp + Noise;

    /// <summary>A metric above its target never recommends fewer than wanted, and one below never more.</summary>
    public static int Guard(double ratio, int recommended, int wanted) =>
        ratio > 1 ? Math.Max(recommended, wanted) : Math.Min(recommended, wanted);

    /// <summary>
    /// ceil(ratio × running) outside the tolerance, wanted inside. Example: 0.83 against 0.65 on 3 running is 1.277 × 3 = 3.83, so 4.
    /// </summary>
    public static Verdict Proportional(double value, double target, in StrategyContext context)
    {
        double ratio = value / target;
        if (IsWithinTolerance(ratio, context))
            return new Verdict(context.Wanted, $"{Figures.Text(value)} is {Figures.Text(ratio)} of the target {Figures.Text(target)}, within the tolerance");
        int covering = Covering(ratio * context.Running);
        int guarded = Guard(ratio, covering, context.Wanted);
        return new Verdict(guarded,
            $"{Figures.Text(value)} is {Figures.Text(ratio)} of the target {Figures.Text(target)}; × {context.Running} running is {Figures.Text(ratio * context.Running)}"
            + GuardNote(covering, guarded, ratio));
    }

    /// <summary>What <see cref="Guard"/> did, for the end of a sentence; empty when it did nothing.</summary>
    public static string GuardNote(int recommended, int guarded, double ratio) => recommended == guarded ? ""
        : ratio > 1 ? $"; above the target never fewer than {guarded}" : $"; below the target never more than {guarded}";
}
