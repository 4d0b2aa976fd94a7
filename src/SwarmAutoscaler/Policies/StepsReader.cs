using System.Globalization;
using SwarmAutoscaler.Deciding;

namespace SwarmAutoscaler.Policies;

/// <summary><c>steps</c>: ranges with <c>above</c> and <c>below</c>, each with one change.</summary>
static class StepsReader
{
    static readonly IReadOnlyList<string> Changes = ["add", "remove", "set"];
    static readonly TimeSpan LongestFor = TimeSpan.FromHours(1);

    public static StepScaling? Read(FieldReader metric)
    {
        var read = metric.Maps("steps").Select(fields => (fields, step: ReadStep(fields))).ToList();
        if (read.Count == 0 && metric.Peek("steps") is null)
            metric.Error("steps", "'steps' is empty");
        var steps = read.Where(pair => pair.step is not null).Select(pair => (pair.fields, step: pair.step!)).ToList();
        for (int later = 1; later < steps.Count; later++)
            for (int earlier = 0; earlier < later; earlier++)
                if (Clash(steps[earlier].step, steps[later].step) is { } clash)
                    steps[later].fields.Error($"{clash}: see line {steps[earlier].fields.Here.Node.Start.Line}");
        return steps.Count == 0 ? null : new StepScaling([.. steps.Select(pair => pair.step)]);
    }

    static ScalingStep? ReadStep(FieldReader fields)
    {
        double? above = fields.Quantity("above"), below = fields.Quantity("below");
        if (!fields.Has("above") && !fields.Has("below"))
            fields.Error("a step needs 'above' or 'below'");
        if (above >= below)
            fields.Error("below", string.Create(CultureInfo.InvariantCulture, $"no number is above {above} and below {below}"));
        var changes = new[] { ReadChange(fields, "add"), ReadChange(fields, "remove"), fields.Int("set") is { } count ? StepChange.Set(count) : null };
        if (Changes.Count(fields.Has) != 1)
            fields.Error($"a step needs exactly one of {string.Join(", ", Changes)}");
        var lasting = fields.Duration("for", max: LongestFor);
        fields.Done();
        return changes.OfType<StepChange>().FirstOrDefault() is { } change && (above is not null || below is not null)
            ? new ScalingStep { Above = above, Below = below, Change = change, For = lasting ?? TimeSpan.Zero }
            : null;
    }

    /// <summary>A number of replicas or a percentage of the count; a bare 0.5 could be meant as either and is refused.</summary>
    static StepChange? ReadChange(FieldReader fields, string key)
    {
        bool adds = key == "add";
        if (fields.Peek(key) is not { } text || !text.EndsWith('%'))
            return fields.Int(key, min: 1) is { } count ? (adds ? StepChange.Add(count) : StepChange.Remove(count)) : null;
        var ratio = fields.Parse<double>(key, percent => Shares.Parse(percent) switch
        {
            (0, null) => (null, "must be above 0"),
            ( > 1, null) when !adds => (null, "must be at most 100%"),
            var parsed => parsed,
        });
        return ratio is { } share ? (adds ? StepChange.AddRatio(share) : StepChange.RemoveRatio(share)) : null;
    }

    /// <summary>
    /// Nested <c>above</c> ranges are the way to write steps: the highest counts. Two with the same edge have no order, and a range of either
    /// kind that meets one of the other would ask for two changes at once.
    /// </summary>
    static string? Clash(ScalingStep first, ScalingStep second) => (first.Above, second.Above) switch
    {
        ({ } one, { } other) => Equals(one, other) ? string.Create(CultureInfo.InvariantCulture, $"two steps above {one}") : null,
        (null, null) => Equals(first.Below, second.Below) ? string.Create(CultureInfo.InvariantCulture, $"two steps below {first.Below}") : null,
        ({ } above, null) => Overlap(above, second.Below!.Value),
        (null, { } above) => Overlap(above, first.Below!.Value),
    };

    static string? Overlap(double above, double below) =>
        above < below ? string.Create(CultureInfo.InvariantCulture, $"the ranges above {above} and below {below} overlap") : null;
}
