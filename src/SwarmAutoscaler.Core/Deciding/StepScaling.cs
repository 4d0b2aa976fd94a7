namespace SwarmAutoscaler.Deciding;

/// <summary>
/// <c>steps</c>: ranges, each with a change. Of the matching <c>above</c> ranges the highest counts, of the matching <c>below</c> ranges the
/// lowest; in no range the count stays as wanted.
/// </summary>
public sealed record StepScaling(IReadOnlyList<ScalingStep> Steps) : IScalingStrategy
{
    public string Word => "steps";

    public double? Target => null;

    public bool IsPerTask => false;

    public Verdict Recommend(double value, in StrategyContext context)
    {
        ScalingStep? highest = null, lowest = null;
        for (int i = 0; i < Steps.Count; i++)
        {
            var step = Steps[i];
            if (!step.Contains(value) || !HasLasted(step, i, context))
                continue;
            if (step.Above is not null)
                highest = highest is null || step.Above > highest.Above ? step : highest;
            else
                lowest = lowest is null || step.Below < lowest.Below ? step : lowest;
        }
        return (highest ?? lowest) is { } chosen
            ? new Verdict(chosen.Change.ApplyTo(context.Wanted), $"{Figures.Text(value)} is {chosen}")
            : new Verdict(context.Wanted, $"{Figures.Text(value)} is in no range");
    }

    /// <summary>Since when each step has matched without a break, given when it did so before and the value now.</summary>
    public IReadOnlyList<DateTimeOffset?> Track(double value, DateTimeOffset now, IReadOnlyList<DateTimeOffset?> before)
    {
        var since = new DateTimeOffset?[Steps.Count];
        for (int i = 0; i < since.Length; i++)
            since[i] = Steps[i].Contains(value) ? (i < before.Count ? before[i] : null) ?? now : null;
        return since;
    }

    /// <summary>Whether any step waits, so that its clock has to be kept.</summary>
    public bool HasClocks { get; } = Steps.Any(step => step.For > TimeSpan.Zero);

    static bool HasLasted(ScalingStep step, int index, in StrategyContext context) => step.For <= TimeSpan.Zero
        || (index < context.StepsSince.Count && context.StepsSince[index] is { } since && context.Now - since >= step.For);
}

/// <summary>One range and its change. At least one of the ends is set; both ends are strict.</summary>
public sealed record ScalingStep
{
    /// <summary>The value must be strictly above this.</summary>
    public double? Above { get; init; }

    /// <summary>The value must be strictly below this.</summary>
    public double? Below { get; init; }

    public required StepChange Change { get; init; }

    /// <summary>How long the value must have been in the range without a break, 0 s or more.</summary>
    public TimeSpan For { get; init; }

    public bool Contains(double value) => (Above is null || value > Above) && (Below is null || value < Below);

    public override string ToString()
    {
        string range = (Above, Below) switch
        {
            ({ } above, { } below) => $"above {Figures.Text(above)} and below {Figures.Text(below)}",
            ({ } above, null) => $"above {Figures.Text(above)}",
            _ => $"below {Figures.Text(Below ?? double.NaN)}",
        };
        return For > TimeSpan.Zero ? $"{range} for {Figures.Text(For)} or longer: {Change}" : $"{range}: {Change}";
    }
}
