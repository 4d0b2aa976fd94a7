using Xunit;

namespace SwarmAutoscaler.Conformance;

/// <summary>What the tests of the Kubernetes HPA, KEDA and Nomad Autoscaler assert, replayed through our engine.</summary>
public sealed class ConformanceTests
{
    static readonly Dictionary<string, Action<Vector>> Replays = new()
    {
        ["hpa.rate"] = HpaReplay.Rate,
        ["hpa.stabilize"] = HpaReplay.Stabilize,
        ["hpa.behavior"] = HpaReplay.Behavior,
        ["hpa.calc"] = HpaReplay.Calc,
        ["hpa.reconcile"] = HpaReplay.Reconcile,
        ["keda.fallback"] = KedaReplay.Fallback,
        ["keda.activation"] = KedaReplay.Activation,
        ["nomad.pass_through"] = NomadReplay.PassThrough,
        ["nomad.threshold"] = NomadReplay.Threshold,
    };

    public static TheoryData<string> Replayed => [.. Vector.All.Values.Where(vector => Carryover.WhyNot(vector) is null).Select(vector => vector.Id)];

    [Theory]
    [MemberData(nameof(Replayed))]
    public void A_fact_from_another_autoscaler_holds_here(string id) => Replays[Vector.All[id].Kind](Vector.All[id]);

    /// <summary>A row that starts to be skipped, or is added, shows here.</summary>
    [Fact]
    public void So_many_are_replayed_and_the_rest_has_its_reason()
    {
        var skipped = Vector.All.Values.Where(vector => Carryover.WhyNot(vector) is not null).ToList();
        var singly = skipped.Where(vector => !Carryover.SkippedKinds.ContainsKey(vector.Kind)).Select(vector => vector.Id).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["hpa.calc/023", "hpa.calc/025", "hpa.reconcile/030", "hpa.reconcile/065", "nomad.threshold/015", "nomad.threshold/016"], singly);
        Assert.Equal((93, 68, 25), (Vector.All.Count, Replayed.Count, skipped.Count));
    }
}
