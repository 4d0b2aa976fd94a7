using System.Reflection;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// The JSON Schema of all documents, for editors. The readers do not use it: they know more, and say it better. That both know the same keys and words is tested.
/// </summary>
static class DocumentSchema
{
    public static string Text { get; } = Read();

    static string Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("documents.schema.json")!);
        return reader.ReadToEnd();
    }
}
