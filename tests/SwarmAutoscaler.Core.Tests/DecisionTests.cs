using SwarmAutoscaler.Deciding;
using SwarmAutoscaler.Measuring;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler;

/// <summary>The whole of one decision: the order of the steps, the trail, the words.</summary>
public sealed class DecisionTests
{
    [Fact]
    public void The_steps_come_in_their_order_and_each_starts_where_the_one_before_ended()
    {
        var policy = Given.Policy with
        {
            Replicas = new ReplicaBounds(1, 11),
            Mode = PolicyMode.Observe,
            ScaleUp = Given.Unlimited with { Stabilization = Given.Seconds(60), Limits = [RateLimit.OfReplicas(9, Given.Seconds(60))] },
        };
        var observation = Given.Observation(Given.Service(5), 40) with { Caps = [new ReplicaCap(13, "13 fit")] };
        var decision = DecisionEngine.Decide(policy, observation, Given.WithProposals((30, 20)));
        Assert.Equal("combine 5→40, stabilization 40→20, rate_limit 20→14, capacity 14→13, bounds 13→11, gate 11→5", decision.Steps());
    }

    [Fact]
    public void A_decision_tells_the_figures_it_used()
    {
        var decision = Given.PolicyOf(new UtilizationTarget(0.65)).Decide(3, 0.83);
        Assert.Equal("m0: 0.83 is 1.2769 of the target 0.65; × 3 running is 3.8308", decision.Trail[0].Because);
        Assert.Equal((ReasonWords.Combine, ReasonWords.Recommend, "scale_up"), (decision.Trail[0].Step, decision.Reason, decision.Action.Word()));
    }

    [Theory]
    [InlineData(5, 9, "scale_up")]
    [InlineData(5, 2, "scale_down")]
    [InlineData(5, 5, "hold")]
    public void The_action_is_one_of_three_words(int wanted, int proposed, string word) => Assert.Equal(word, Given.Policy.Decide(wanted, proposed).Action.Word());

    [Fact]
    public void The_same_input_gives_the_same_output()
    {
        var (first, second) = (Given.Policy.Decide(5, 9), Given.Policy.Decide(5, 9));
        Assert.Equal((first.Desired, first.Reason, first.Steps()), (second.Desired, second.Reason, second.Steps()));
    }

    [Fact]
    public void The_words_people_hang_their_alerts_on_stay()
    {
        string[] words = [.. typeof(ReasonWords).GetFields().Select(field => (string)field.GetValue(null)!).Order(StringComparer.Ordinal)];
        Assert.Equal(
            "activation ambiguous_policy bounds capacity combine cooldown disabled gate not_leader not_replicated observe paused rate_limit recommend "
            + "restore rollback_in_progress schedule service_not_found stabilization stopped_by_hand update_in_progress update_paused within_tolerance",
            string.Join(' ', words));
    }

    [Fact]
    public void Every_reason_for_a_missing_value_has_a_word()
    {
        string[] words = [.. Enum.GetValues<MissingReason>().Select(reason => reason.Word())];
        Assert.Equal("empty not_finite several_series not_found unreachable timeout unauthorized error malformed no_limit unsupported", string.Join(' ', words));
    }
}
