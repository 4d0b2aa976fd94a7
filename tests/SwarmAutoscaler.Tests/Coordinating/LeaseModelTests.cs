using Microsoft.Extensions.Logging.Abstractions;
using SwarmAutoscaler.TestSupport;
using Xunit;

namespace SwarmAutoscaler.Coordinating;

/// <summary>
/// Three instances of the real lease over one Raft store, on a clock that the test moves, with everything going wrong that a seed says. All of it runs on
/// one thread, so a seed that fails fails again.
/// </summary>
public sealed class LeaseModelTests
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    /// <summary>
    /// Fails when the holder counts from the answer instead of from before it sent, when an unknown write counts from the moment it is read again, when a
    /// contender does not wait, and when whoever makes an absent lease acts at once.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Never_do_two_instances_act_and_when_all_is_well_one_does(int seed)
    {
        SynchronizationContext.SetSynchronizationContext(null); // continuations run where the clock is moved
        using var trial = new Trial(seed);
        int acted = 0;
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(3); passed += Step)
        {
            trial.MaybeDisturb();
            trial.World.Advance(Step);
            Assert.True(trial.Acting.Count <= 1, $"seed {seed}: after {passed} {string.Join(" and ", trial.Acting)} act at the same time\n{trial.Told}");
            acted += trial.Acting.Count;
        }
        Assert.True(acted > 100, $"seed {seed}: hardly ever did anybody act, so nothing was tried");
        trial.EndAllTrouble();
        trial.World.Advance(TimeSpan.FromSeconds(40)); // what is still under way arrives, a manager that was behind is believed
        Assert.True(trial.StaysOnOneThread, "something left the thread, so a seed does not run twice the same way");
        Assert.True(trial.Acting.Count == 1, $"seed {seed}: nobody acts although all is well\n{trial.Told}");
    }

    sealed class Trial : IDisposable
    {
        readonly Random random;
        readonly RaftStory raft;
        readonly List<Instance> instances = [];
        readonly List<string> told = [];
        readonly int thread = Environment.CurrentManagedThreadId;
        bool isCalm;

        public Trial(int seed)
        {
            (random, raft) = (new Random(seed), new RaftStory(World));
            for (int i = 0; i < 3; i++)
                Start();
        }

        public ManualTime World { get; } = new();

        public bool StaysOnOneThread { get; private set; } = true;

        /// <summary>Those who would act if they were asked now. One that is frozen is asked the moment it thaws.</summary>
        public IReadOnlyList<string> Acting => [.. instances.Where(instance => instance.Lease.MayAct).Select(instance => instance.ToString())];

        public string Told => string.Join('\n', told);

        public void MaybeDisturb()
        {
            if (random.Next(100) > 0)
                return;
            var instance = instances[random.Next(instances.Count)];
            switch (random.Next(12))
            {
                case 0 or 1:
                    Tell($"{instance} freezes");
                    instance.Time.Freeze();
                    break;
                case 2 or 3 or 4 when instance.Time.IsFrozen:
                    Tell($"{instance} thaws");
                    instance.Time.Thaw();
                    break;
                case 5:
                    Tell($"{instance} is killed");
                    instance.Time.Freeze();
                    instances.Remove(instance);
                    Start();
                    break;
                case 6 when !instance.Time.IsFrozen && !instance.IsStopping:
                    Tell($"{instance} is told to stop");
                    instance.IsStopping = true;
                    _ = StopAsync(instance); // it stays in sight until it has stopped
                    break;
                case 7 or 8:
                    instance.IsCutOffUntil = World.GetUtcNow() + TimeSpan.FromSeconds(random.Next(1, 30));
                    instance.CutOffAt = World.GetUtcNow();
                    Tell($"{instance} is cut off until {instance.IsCutOffUntil:mm:ss}");
                    break;
                case 9 when random.Next(3) == 0:
                    Tell("somebody removes the lease");
                    raft.Remove("lease");
                    break;
                case 10 when random.Next(3) == 0:
                    Tell("somebody scribbles on the lease");
                    raft.Scribble("lease", ("swarm-autoscaler.holder", "me"), ("swarm-autoscaler.sequence", "many"));
                    break;
            }
        }

        public void EndAllTrouble()
        {
            isCalm = true;
            foreach (var instance in instances.ToList())
                instance.Time.Thaw();
        }

        public void Dispose() => instances.ForEach(instance => instance.Lease.Dispose());

        async Task StopAsync(Instance instance)
        {
            await instance.Lease.StopAsync(CancellationToken.None);
            Tell($"{instance} has stopped");
            instances.Remove(instance);
            Start();
        }

        void Start()
        {
            var instance = new Instance(World, raft, JourneyOf);
            instances.Add(instance);
            Tell($"{instance} starts");
            _ = instance.Lease.StartAsync(CancellationToken.None);
        }

        /// <summary>Mostly quick; one in ten slow, lost, or too late. Cut off: old answers, and writes that are held up or never come through.</summary>
        Journey JourneyOf(Instance instance, bool isWrite)
        {
            StaysOnOneThread &= Environment.CurrentManagedThreadId == thread;
            TimeSpan Up(int milliseconds) => TimeSpan.FromMilliseconds(random.Next(milliseconds));
            if (isCalm)
                return new Journey(Up(20), Up(20));
            var now = World.GetUtcNow();
            if (now < instance.IsCutOffUntil)
                return isWrite
                    ? new Journey(instance.IsCutOffUntil - now + Up(50), Up(20), IsLost: random.Next(2) == 0)
                    : new Journey(Up(20), Up(20), Age: now - instance.CutOffAt);
            return random.Next(10) > 0
                ? new Journey(Up(30), Up(30))
                : new Journey(Up(15_000), Up(900), IsLost: random.Next(4) == 0, AnswerIsLost: random.Next(3) == 0);
        }

        void Tell(string what) => told.Add($"{World.GetUtcNow():mm:ss.fff} {what}");
    }

    sealed class Instance
    {
        static int count;

        readonly int number = Interlocked.Increment(ref count);

        public Instance(ManualTime world, RaftStory raft, Func<Instance, bool, Journey> journey)
        {
            Time = new FreezableTime(world);
            var configs = new StoryConfigs(raft, world, Time) { Next = isWrite => journey(this, isWrite) };
            var stored = new StoredHistories(configs, "history", new ServiceHistories(), Time, NullLogger<StoredHistories>.Instance);
            Lease = new SwarmLease(configs, "lease", stored, new LeaseTiming(), Time, NullLogger<SwarmLease>.Instance);
        }

        public FreezableTime Time { get; }

        public SwarmLease Lease { get; }

        public bool IsStopping { get; set; }

        public DateTimeOffset CutOffAt { get; set; }

        public DateTimeOffset IsCutOffUntil { get; set; }

        public override string ToString() => $"#{number}";
    }
}
