namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>One Redis, given by its address or by the sentinels that know the address of its master.</summary>
sealed record RedisConnection(string Name) : MetricConnection(Name)
{
    /// <summary>Null when sentinels are asked.</summary>
    public RedisAddress? Address { get; init; }

    /// <summary>Null when the address is given.</summary>
    public RedisSentinelGroup? Sentinels { get; init; }

    /// <summary>0 or more.</summary>
    public int Database { get; init; }

    /// <summary>Who we are to the Redis server.</summary>
    public RedisLogin Login { get; init; } = RedisLogin.None;

    /// <summary>Null for a plain connection; holds for sentinels too.</summary>
    public RedisTls? Tls { get; init; }

    /// <summary>For people: without user and password.</summary>
    public override string ToString() => $"redis {Name} ({Address?.ToString() ?? Sentinels?.ToString()}, database {Database})";
}

readonly record struct RedisAddress(string Host, int Port)
{
    public const int DefaultPort = 6379;
    public const int DefaultSentinelPort = 26379;

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>Sentinels that watch the same master.</summary>
sealed record RedisSentinelGroup(string Master, RedisLogin Login)
{
    /// <summary>At least one.</summary>
    public required IReadOnlyList<RedisAddress> Addresses { get; init; }

    public bool Equals(RedisSentinelGroup? other) =>
        other is not null && Master == other.Master && Login == other.Login && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => HashCode.Combine(Master, Login, Addresses.Count, Addresses[0]);

    public override string ToString() => $"master {Master} of sentinels {string.Join(", ", Addresses)}";
}

/// <summary>User and password. The file is read at each connect, so that a rotated secret needs no restart.</summary>
sealed record RedisLogin(string? Username, string? PasswordFile, HiddenText? Password)
{
    public static RedisLogin None { get; } = new(null, null, null);

    /// <summary>Null when the server asks for none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? ReadPassword() => PasswordFile is null ? Password?.Reveal() : SecretFile.Read(PasswordFile);

    public override string ToString() => "login";
}

/// <summary>Files with PEM texts, each optional: without <paramref name="CaFile"/> the machine's own authorities are trusted.</summary>
sealed record RedisTls(string? CaFile, string? ClientCertFile, string? ClientKeyFile);

/// <summary>A text that does not show itself in logs, in other records or to a serializer.</summary>
sealed record HiddenText
{
    readonly string text;

    public HiddenText(string text) => this.text = text;

    public string Reveal() => text;

    public override string ToString() => "***";
}
