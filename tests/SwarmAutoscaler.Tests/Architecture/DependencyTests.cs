using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SwarmAutoscaler.Commands;
using Xunit;

namespace SwarmAutoscaler.Architecture;

/// <summary>Where each dependency is allowed, and what types are called and open for.</summary>
public sealed class DependencyTests
{
    static readonly Type[] CoreTypes = Own(typeof(DecisionEngine));
    static readonly Type[] ProcessTypes = Own(typeof(CommandLine));

    [Fact]
    public void The_decision_references_the_base_library_only() =>
        Assert.All(typeof(DecisionEngine).Assembly.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Theory]
    [InlineData("YamlDotNet", "Policies", "Simulating")]
    [InlineData("Quartz", "Scheduling", "(root)")]
    [InlineData("RabbitMQ", "Measuring.RabbitMq")]
    [InlineData("OpenTelemetry", "Recording")]
    [InlineData("Serilog", "(root)")]
    [InlineData("System.CommandLine", "Commands")]
    public void Each_dependency_is_used_only_where_it_belongs(string dependency, params string[] stages)
    {
        var users = UsersOf(dependency);
        Assert.DoesNotContain(users, user => !stages.Contains(user));
    }

    [Fact]
    public void The_reading_of_assemblies_finds_what_there_is() => Assert.Contains("Scheduling", UsersOf("Quartz"));

    [Theory]
    [InlineData("using YamlDotNet;", true)]
    [InlineData("using YamlDotNet.Core;", true)]
    [InlineData("using Yaml = YamlDotNet.Core;", true)]
    [InlineData("var style = global::YamlDotNet.Core.ScalarStyle.Any;", true)]
    [InlineData("node with { Style = YamlDotNet.Core.ScalarStyle.Any }", true)]
    [InlineData("using SwarmAutoscaler.YamlDotNet.Own;", false)]
    [InlineData("MyYamlDotNet.Own", false)]
    public void A_dependency_is_found_however_it_is_named(string text, bool expected) => Assert.Equal(expected, Names(text, "YamlDotNet"));

    [Theory]
    [InlineData("Manager")]
    [InlineData("Helper")]
    [InlineData("Helpers")]
    [InlineData("Util")]
    [InlineData("Utils")]
    [InlineData("Processor")]
    [InlineData("Base")]
    [InlineData("Impl")]
    public void No_type_has_a_name_that_says_nothing(string ending) =>
        Assert.DoesNotContain(CoreTypes.Concat(ProcessTypes), type => type.Name.EndsWith(ending, StringComparison.Ordinal));

    [Fact]
    public void Only_what_was_read_of_Swarm_is_called_a_service() =>
        Assert.Empty(CoreTypes.Concat(ProcessTypes).Where(type => type.Name.EndsWith("Service", StringComparison.Ordinal)).Select(type => type.Name).Except(["ListedService"]));

    [Fact]
    public void Types_are_sealed_static_or_abstract() =>
        Assert.Empty(CoreTypes.Concat(ProcessTypes).Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false, Name: not "Program" }).Select(type => type.FullName));

    [Fact]
    public void The_process_has_no_public_types() =>
        Assert.Empty(ProcessTypes.Where(type => type.IsPublic && type.Name != "Program").Select(type => type.FullName));

    static Type[] Own(Type any) => [.. any.Assembly.GetTypes().Where(type =>
        !type.Name.Contains('<', StringComparison.Ordinal) && type.DeclaringType is null && !type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && type.Namespace is not ("Microsoft.CodeAnalysis" or "System.Runtime.CompilerServices" or "System.Text.RegularExpressions.Generated")
        && type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) != true)];

    /// <summary>The stages whose source files import a namespace of the dependency or name it in full.</summary>
    static string[] UsersOf(string dependency)
    {
        string source = Path.Combine(TestSupport.Testbed.Repository, "src", "SwarmAutoscaler");
        Assert.Contains(References(), name => name.StartsWith(dependency, StringComparison.Ordinal));
        return
        [
            .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Stage: Stage(Path.GetRelativePath(source, file)), Text: File.ReadAllText(file)))
                .Where(file => !file.Stage.StartsWith("obj", StringComparison.Ordinal) && !file.Stage.StartsWith("bin", StringComparison.Ordinal))
                .Where(file => Names(file.Text, dependency))
                .Select(file => file.Stage).Distinct(),
        ];
    }

    /// <summary>A full name needs no <c>using</c> and no <c>global::</c>; the last part of one of our own namespaces is not the dependency.</summary>
    static bool Names(string text, string dependency) =>
        Regex.IsMatch(text, $@"\busing (static |\w+ = )?{Regex.Escape(dependency)}\b|(?<![\w.]){Regex.Escape(dependency)}\.");

    static string Stage(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder.Replace(Path.DirectorySeparatorChar, '.') : "(root)";

    static List<string> References()
    {
        using var image = new PEReader(File.OpenRead(typeof(CommandLine).Assembly.Location));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
