using System.CommandLine;
using SwarmAutoscaler.Policies;

namespace SwarmAutoscaler.Commands;

/// <summary><c>schema</c>: the JSON Schema of all documents, for editors.</summary>
static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema (2020-12) of policies, shared settings and scenarios, for editors.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(DocumentSchema.Text));
        return command;
    }
}
