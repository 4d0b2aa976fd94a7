using System.Text.Json.Serialization;

namespace SwarmAutoscaler.Api;

// The shapes of the HTTP API. Durations are seconds, shares are ratios, names are snake_case, times are UTC.

sealed record LiveView(string Status, string Version);

sealed record ReadyView(string Status, string? Engine, PoliciesView Policies, LeaseView Lease);

/// <summary>Whether this instance acts, who does as far as it knows, and what is in the way of knowing.</summary>
sealed record LeaseView(bool Leader, string Instance, string? Holder, string? Problem);

sealed record PoliciesView(string Status, int Loaded, IReadOnlyList<string> Errors);

sealed record ServiceListView(IReadOnlyList<ServiceSummaryView> Services);

/// <summary>One line per policy; the counts are null until the first evaluation and while there is no such service.</summary>
sealed record ServiceSummaryView(
    string Service, bool Enabled, string Mode, int Min, int Max, int? Current, int? Running, int? Desired, string? Action, string? Reason, DateTime? At,
    bool Paused, DateTime? PausedUntil);

sealed record ServiceView(string Service, PolicyView Policy, PauseView? Pause, StateView? State, DecisionView? LastDecision);

/// <summary>Without an end only resuming ends it.</summary>
sealed record PauseView(DateTime Since, DateTime? Until);

sealed record StateView(int? Current, int? Running, int? Desired, int Min, int Max, double CooldownUpSeconds, double CooldownDownSeconds);

sealed record PolicyView(
    bool Enabled, string Mode, ScheduleView Schedule, BoundsView Replicas, IReadOnlyList<MetricView> Metrics,
    RulesView ScaleUp, RulesView ScaleDown, FallbackView? Fallback, string DuringUpdate, string OnExternalChange, double? GiveBackAfterSeconds);

sealed record ScheduleView(double? IntervalSeconds, string? Cron, string? Timezone);

sealed record BoundsView(int Min, int Max, int? Idle, double? IdleAfterSeconds);

/// <summary>What is asked and how it is reached stays in the documents: a connection may hold what is nobody else's business.</summary>
sealed record MetricView(string Name, string Source, string Connection, string Strategy, double? Target, double Activation, bool EmptyIsZero);

sealed record RulesView(double CooldownSeconds, double StabilizationSeconds, double ToleranceRatio, IReadOnlyList<LimitView> Limits, string Select);

sealed record LimitView(int? Replicas, double? Ratio, double PerSeconds);

sealed record FallbackView(int After, int Replicas, string Behavior);

sealed record DecisionListView(IReadOnlyList<DecisionView> Decisions);

sealed record DecisionView(
    DateTime Time, string Service, int Current, int Running, int Desired, int Proposed, string Action, string Reason,
    IReadOnlyList<MetricDecisionView> Metrics, IReadOnlyList<StepView> Trail, OutcomeView? Outcome);

/// <summary>A value is a number, or null with the reason it is missing.</summary>
sealed record MetricDecisionView(string Name, double? Value, string? Missing, int? Recommends, string Because, bool Fallback);

/// <summary>
/// What would lift what the step holds back, all else staying as it was: a clause that follows "when", and the time if time alone does it; null when it holds
/// nothing back.
/// </summary>
sealed record StepView(string Step, int From, int To, string Because, string? LiftedWhen, DateTime? LiftedAt);

sealed record OutcomeView(string Outcome, string Because);

/// <summary>The answer to pausing and resuming.</summary>
/// <param name="Service">The service.</param>
/// <param name="Paused">Whether it is paused now.</param>
/// <param name="Since">Since when; null when it is not.</param>
/// <param name="Until">The end, if it has one.</param>
/// <param name="KeptIn"><c>swarm</c>: all instances know it, and a restart does not forget it. <c>memory</c>: a restart forgets it.</param>
sealed record PauseAnswerView(string Service, bool Paused, DateTime? Since, DateTime? Until, string KeptIn);

/// <summary>Nothing was decided here, but somewhere else it will be.</summary>
sealed record AcceptedView(string Service, string Location, string Because);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LiveView))]
[JsonSerializable(typeof(ReadyView))]
[JsonSerializable(typeof(ServiceListView))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(DecisionListView))]
[JsonSerializable(typeof(PauseAnswerView))]
[JsonSerializable(typeof(AcceptedView))]
sealed partial class ApiJson : JsonSerializerContext;
