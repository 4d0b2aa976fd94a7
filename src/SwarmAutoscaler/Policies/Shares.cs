namespace SwarmAutoscaler.Policies;

/// <summary>Shares of one: <c>65%</c> or <c>0.65</c>. A bare 1 may mean either and is refused.</summary>
static class Shares
{
    public static (double? Value, string? Problem) Parse(string text)
    {
        bool percent = text.EndsWith('%');
        if (!Numbers.TryParse(percent ? text[..^1] : text, out var number) || number < 0)
            return (null, "is not a percentage or ratio, write for instance 65% or 0.65");
        if (!percent && number > 1)
            return (null, $"is a share above 1: write {text}% or a ratio such as 0.65");
        if (!percent && number == 1)
            return (null, "may mean the hundredth part or all of it: write 1% or 100%");
        return (percent ? number / 100 : number, null);
    }
}
