namespace SwarmAutoscaler.Applying;

/// <summary>Random JSON as nasty as the grammar allows; the same for the same seed.</summary>
sealed class RandomJson(int seed)
{
    static readonly string[] Keys = ["Mode", "Replicated", "Replicas", "Spec", "ID", "Version", "Index", "Labels", "a.b/c", "\\u0052eplica", "é", "x", "", "replicas"];

    static readonly string[] Scalars =
    [
        "0", "-0", "1.0", "1e3", "1E+400", "-12345678901234567890.5", "18446744073709551616", "true", "false", "null", "\"\"", "{}", "[]", "\"3\"", "\"\\u0026<>&\"",
        "\"\\ud83d\\ude00 😀 \\\\ \\\" \\/ {\\\"Replicas\\\":3}\"", " \n\t{ } ", "9007199254740993",
    ];

    readonly Random random = new(seed);

    public int Count() => random.Next(3) == 0 ? random.Next() : random.Next(0, 30);

    public ulong Number() => random.Next(3) == 0 ? ulong.MaxValue - (ulong)random.Next(3) : (ulong)random.Next();

    /// <summary>Members of an object, joined by commas, perhaps none; none has one of the given keys, but deeper ones may, and keys may repeat.</summary>
    public string Members(params string[] except) => Members(except, depth: 0);

    string Members(string[] except, int depth) =>
        string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"{Space()}\"{Key(except)}\"{Space()}:{Value(depth)}{Space()}"));

    string Key(string[] except)
    {
        var allowed = Keys.Except(except).ToArray();
        return allowed[random.Next(allowed.Length)];
    }

    string Value(int depth) => random.Next(depth > 4 ? 1 : 4) switch
    {
        1 => $"{{{Members([], depth + 1)}}}",
        2 => $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(depth + 1)))}]",
        _ => Scalars[random.Next(Scalars.Length)],
    };

    string Space() => random.Next(6) == 0 ? " \n" : "";
}
