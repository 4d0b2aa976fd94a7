namespace SwarmAutoscaler.Deciding;

/// <summary>What a step does to the wanted count.</summary>
public abstract record StepChange
{
    private protected StepChange() { }

    /// <summary>The count after the change, 0 or more.</summary>
    public abstract int ApplyTo(int wanted);

    /// <summary>Adds <paramref name="replicas"/>, 1 or more.</summary>
    public static StepChange Add(int replicas) => new AddReplicas(replicas);

    /// <summary>Removes <paramref name="replicas"/>, 1 or more.</summary>
    public static StepChange Remove(int replicas) => new RemoveReplicas(replicas);

    /// <summary>Adds a ratio of the wanted count, rounded up: 50 % of 3 adds 2.</summary>
    public static StepChange AddRatio(double ratio) => new AddShare(ratio);

    /// <summary>Removes a ratio of the wanted count, what is left is rounded down: 50 % of 3 leaves 1.</summary>
    public static StepChange RemoveRatio(double ratio) => new RemoveShare(ratio);

    /// <summary>Sets the count, 0 or more.</summary>
    public static StepChange Set(int replicas) => new SetReplicas(replicas);

    sealed record AddReplicas(int Replicas) : StepChange
    {
        public override int ApplyTo(int wanted) => (int)Math.Min(int.MaxValue, (long)wanted + Replicas);

        public override string ToString() => $"add {Replicas}";
    }

    sealed record RemoveReplicas(int Replicas) : StepChange
    {
        public override int ApplyTo(int wanted) => Math.Max(0, wanted - Replicas);

        public override string ToString() => $"remove {Replicas}";
    }

    sealed record AddShare(double Ratio) : StepChange
    {
        public override int ApplyTo(int wanted) => Counts.Covering(wanted * (1 + Ratio));

        public override string ToString() => $"add {Figures.Text(Ratio * 100)} %";
    }

    sealed record RemoveShare(double Ratio) : StepChange
    {
        public override int ApplyTo(int wanted) => (int)Math.Max(0, Math.Truncate((wanted * (1 - Ratio)) + 1e-9));

        public override string ToString() => $"remove {Figures.Text(Ratio * 100)} %";
    }

    sealed record SetReplicas(int Replicas) : StepChange
    {
        public override int ApplyTo(int wanted) => Replicas;

        public override string ToString() => $"set {Replicas}";
    }
}
