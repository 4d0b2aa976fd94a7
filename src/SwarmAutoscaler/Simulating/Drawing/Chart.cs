namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>One frame of a picture: what is drawn over time, not yet where.</summary>
/// <param name="Title">What it shows, with its unit.</param>
/// <param name="Curves">At least one; a later one lies over those before.</param>
sealed record Chart(string Title, IReadOnlyList<Curve> Curves)
{
    public int Height { get; init; } = 110;

    /// <summary>The area between two curves, behind everything else.</summary>
    public Band? Band { get; init; }

    public IReadOnlyList<Mark> Marks { get; init; } = [];

    /// <summary>How numbers stand at the axis.</summary>
    public AxisNumbers Numbers { get; init; }

    /// <summary>Where the axis ends at most; what lies above runs out of the frame.</summary>
    public double HighestTop { get; init; } = double.MaxValue;
}

/// <summary>A line.</summary>
/// <param name="Name">In the legend; null when another curve stands for it there.</param>
/// <param name="Style">A class of <see cref="PictureStyle"/>.</param>
/// <param name="Points">In the order of time; null is a gap.</param>
sealed record Curve(string? Name, string Style, IReadOnlyList<(TimeSpan At, double? Value)> Points)
{
    /// <summary>Each value holds until the next one; otherwise they are joined.</summary>
    public bool IsStepped { get; init; }
}

/// <summary>The area between two stepped curves with points at the same times and without gaps.</summary>
sealed record Band(string Name, IReadOnlyList<(TimeSpan At, double Low, double High)> Edges);

/// <summary>A point with a text that shows when the pointer rests on it.</summary>
sealed record Mark(TimeSpan At, double Value, string Style, string Text);

enum AxisNumbers
{
    Plain,

    /// <summary>Counts: no fractions.</summary>
    Whole,

    /// <summary>Ratios, shown as percentages.</summary>
    Percent,
}
