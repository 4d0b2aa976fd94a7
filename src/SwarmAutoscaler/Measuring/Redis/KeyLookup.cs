using System.Globalization;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>
/// What is to be learned about one key, command by command. A length needs the key's type first, which is known from an earlier cycle as a rule;
/// should it have changed, the server says WRONGTYPE and it is asked for once more. So a key takes one command, at most three.
/// </summary>
sealed class KeyLookup(string key, bool groups, string? knownType, string where)
{
    bool mistyped;
    RespArray? groupList;
    MetricReading? answer;

    string? type = groups ? null : knownType;

    public bool IsDone => answer is not null || groupList is not null;

    /// <summary>The command to send next.</summary>
    public RedisCommand Next => groups ? new RedisCommand("XINFO", "GROUPS", key)
        : type is null ? new RedisCommand("TYPE", key)
        : new RedisCommand(LengthCommand(type)!, key);

    public void Fail(Missing missing) => answer = missing;

    /// <summary>Keeps the type for the next cycle, or forgets one that is not true any more.</summary>
    public void Remember(Dictionary<string, string> types)
    {
        if (groups)
            return;
        if (type is null)
            types.Remove(key);
        else
            types[key] = type;
    }

    /// <summary>Takes the reply to <see cref="Next"/>.</summary>
    public void Take(RespValue reply)
    {
        if (groups)
            TakeGroups(reply);
        else if (type is null)
            TakeType(reply);
        else
            TakeLength(reply);
    }

    /// <summary>The reading of one metric that asked for this key.</summary>
    public MetricReading For(RedisQuery query) => answer ?? ConsumerGroups.Read(groupList!, query, where);

    /// <summary>Null for a type that has no length.</summary>
    static string? LengthCommand(string type) => type switch
    {
        "list" => "LLEN",
        "set" => "SCARD",
        "zset" => "ZCARD",
        "hash" => "HLEN",
        "stream" => "XLEN",
        _ => null,
    };

    void TakeType(RespValue reply)
    {
        if (reply is not RespText { Text: var found })
            answer = Refused(reply);
        else if (found == "none")
            // Redis deletes a list, set or hash that becomes empty: a missing key is an empty queue.
            answer = MetricReading.Of(0);
        else if (LengthCommand(found) is null)
            answer = new Missing(MissingReason.Unsupported,
                $"{where}: key '{key}' is of type '{found}'; only a list, set, zset, hash or stream has a length");
        else
            type = found;
    }

    void TakeLength(RespValue reply)
    {
        if (reply is RespError { Code: "WRONGTYPE" } && !mistyped)
            (mistyped, type) = (true, null);
        else
            answer = reply is RespInteger { Value: >= 0 and var length } ? MetricReading.Of(length) : Refused(reply);
    }

    void TakeGroups(RespValue reply)
    {
        if (reply is RespArray list)
            groupList = list;
        else
            answer = reply switch
            {
                RespError { Code: "WRONGTYPE" } => new Missing(MissingReason.Unsupported, $"{where}: key '{key}' is no stream, only streams have groups"),
                RespError error when RedisFailures.Of(error, where) is { Reason: MissingReason.NotFound } =>
                    new Missing(MissingReason.NotFound, $"{where}: there is no stream '{key}'"),
                _ => Refused(reply),
            };
    }

    Missing Refused(RespValue reply) => reply is RespError error
        ? RedisFailures.Of(error, where)
        : new Missing(MissingReason.Malformed, string.Create(CultureInfo.InvariantCulture, $"{where}: {Next.Words[0]} {key} was answered with {Shape(reply)}"));

    static string Shape(RespValue reply) => reply switch
    {
        RespInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        RespText => "a text",
        RespArray => "an array",
        _ => "nothing",
    };
}
