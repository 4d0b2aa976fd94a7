using System.Text;
using SwarmAutoscaler.Measuring;
using Xunit;

namespace SwarmAutoscaler.Applying;

public sealed class ServiceDocumentTests
{
    [Theory]
    [InlineData("""{"Mode":{"Replicated":{"Replicas":3}}}""", """{"Mode":{"Replicated":{"Replicas":17}}}""")]
    [InlineData("""{"Mode":{"Replicated":{}}}""", """{"Mode":{"Replicated":{"Replicas":17}}}""")]
    [InlineData("""{"Mode":{"Replicated":{"New":1}}}""", """{"Mode":{"Replicated":{"Replicas":17,"New":1}}}""")]
    [InlineData("""{"Mode":{"Replicated":{"Replicas":null}}}""", """{"Mode":{"Replicated":{"Replicas":17}}}""")]
    [InlineData("""{"Mode":{"Replicated":{"Replicas":0}}}""", """{"Mode":{"Replicated":{"Replicas":17}}}""")]
    [InlineData("""{"Mode":{"Replicated":{"Replicas":18446744073709551615}}}""", """{"Mode":{"Replicated":{"Replicas":17}}}""")]
    [InlineData("""{ "Mode" : { "Replicated" : { "Replicas" : 3 } } }""", """{ "Mode" : { "Replicated" : { "Replicas" : 17 } } }""")]
    [InlineData("""{"Replicas":3,"Mode":{"Replicated":{"Max":{"Replicas":3},"Replicas":3}},"X":{"Replicas":3}}""",
        """{"Replicas":3,"Mode":{"Replicated":{"Max":{"Replicas":3},"Replicas":17}},"X":{"Replicas":3}}""")]
    [InlineData("""{"A":-0,"B":1.0,"C":1E+400,"D":12345678901234567890123,"E":{},"F":null,"G":[],"Mode":{"Replicated":{"Replicas":3}},"G":[1],"h":"<\u00e9\ud83d\ude00/\/>"}""",
        """{"A":-0,"B":1.0,"C":1E+400,"D":12345678901234567890123,"E":{},"F":null,"G":[],"Mode":{"Replicated":{"Replicas":17}},"G":[1],"h":"<\u00e9\ud83d\ude00/\/>"}""")]
    public void Only_the_replica_count_changes(string spec, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Read(GivenEngine.Service(spec)).SpecWith(17)));

    [Fact]
    public void Whatever_else_a_service_holds_survives_byte_for_byte()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new RandomJson(seed);
            var (before, after) = (random.Members("Mode"), random.Members("Mode"));
            var (first, last) = (random.Members("Replicas"), random.Members("Replicas"));
            var (modeFirst, modeLast) = (random.Members("Replicated", "Global", "ReplicatedJob", "GlobalJob"), random.Members("Replicated", "Global", "ReplicatedJob", "GlobalJob"));
            string Spec(string number) => "{" + Join(before, $"\"Mode\":{{{Join(modeFirst, $"\"Replicated\":{{{Join(first, $"\"Replicas\":{number}", last)}}}", modeLast)}}}", after) + "}";
            var (version, was, becomes) = (random.Number(), random.Count(), random.Count());
            var service = "{" + Join(random.Members("ID", "Version", "Spec"), $"\"ID\":\"x\",\"Version\":{{\"Index\":{version}}},\"Spec\":{Spec(was.ToString())}", random.Members("ID", "Version", "Spec")) + "}";

            var document = Read(service);

            Assert.Equal((was, version, ServiceMode.Replicated), (document.Mode.Wanted, document.Version, document.Mode.Mode));
            Assert.Equal(Spec(becomes.ToString()), Encoding.UTF8.GetString(document.SpecWith(becomes)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"ID":"x","Version":{"Index":1}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":null}""")]
    [InlineData("""{"ID":"x","Version":{},"Spec":{}}""")]
    [InlineData("""{"Version":{"Index":1},"Spec":{}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{"Mode":[]}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{"Mode":{"Replicated":{"Replicas":"3"}}}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{"Mode":{"Replicated":{"Replicas":3.5}}}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{"Mode":{"Replicated":{"Replicas":3}},"Mode":{"Replicated":{"Replicas":4}}}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{"Mode":{"Replicated":{"Replicas":3},"Global":{}}}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{},"Spec":{}}""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{}} and more""")]
    [InlineData("""{"ID":"x","Version":{"Index":1},"Spec":{"Mode":{"Replicated":{"Replicas":3}}""")]
    public void What_is_not_clearly_one_service_is_a_problem_and_never_sent(string json)
    {
        var (document, problem) = ServiceDocument.Read(Encoding.UTF8.GetBytes(json));

        Assert.Null(document);
        Assert.StartsWith("the engine's answer is not a service", problem, StringComparison.Ordinal);
    }

    static ServiceDocument Read(string json)
    {
        var (document, problem) = ServiceDocument.Read(Encoding.UTF8.GetBytes(json));
        Assert.Null(problem);
        return document!;
    }

    static string Join(params string[] members) => string.Join(',', members.Where(member => member.Length > 0));
}
