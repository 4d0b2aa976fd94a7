using System.Security.Cryptography;
using System.Text;

namespace SwarmAutoscaler.Api;

/// <summary>What a caller must know to change something over HTTP. Only its hash is kept.</summary>
sealed class ApiToken
{
    /// <summary>The process setting that holds it.</summary>
    public const string Setting = "AUTOSCALER_API_TOKEN";

    public const string Problem = "must be visible ASCII characters without blanks: it is sent in a header"; // never with the text, which is a secret

    readonly byte[] hash;

    ApiToken(string text) => hash = Hash(text);

    public static bool TryParse(string text, out ApiToken? token)
    {
        token = text.Length > 0 && text.All(letter => letter is > ' ' and <= '~') ? new ApiToken(text) : null;
        return token is not null;
    }

    /// <summary>Takes the same time wherever the texts differ; they are hashed first, so that not even the length shows.</summary>
    public bool Matches(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), hash);

    public override string ToString() => "a token";

    static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
