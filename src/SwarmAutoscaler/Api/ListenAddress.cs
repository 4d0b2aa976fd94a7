using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SwarmAutoscaler.Api;

/// <summary>Where the HTTP API listens: <c>:8080</c> (all addresses), <c>127.0.0.1:8080</c> or <c>[::1]:8080</c>.</summary>
/// <param name="Address">Null for all addresses of the machine, IPv4 and IPv6.</param>
/// <param name="Port">1 to 65535.</param>
sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>The process setting that holds it.</summary>
    public const string Setting = "AUTOSCALER_LISTEN";

    public const string Problem = "is not an address to listen on, write for instance :8080, 127.0.0.1:8080 or [::1]:8080";

    /// <summary><c>:8080</c>.</summary>
    public static ListenAddress Default { get; } = new(null, 8080);

    /// <summary>The same listener seen from this machine.</summary>
    public IPEndPoint Local => new(
        Address is null || Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : Address,
        Port);

    public static bool TryParse(string text, out ListenAddress address)
    {
        address = Default;
        int colon = text.LastIndexOf(':');
        if (colon < 0)
            return false;
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
            return false;
        string host = text[..colon];
        if (host.Length == 0)
        {
            address = new ListenAddress(null, port);
            return true;
        }
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!IPAddress.TryParse(host, out var ip) || bracketed != host.Contains(':', StringComparison.Ordinal))
            return false;
        // "1" and "127.1" are addresses to the parser; here they are more likely a slip.
        if (!bracketed && ip.ToString() != host)
            return false;
        address = new ListenAddress(ip, port);
        return true;
    }

    /// <summary>Makes Kestrel listen here and nowhere else.</summary>
    public void ApplyTo(KestrelServerOptions kestrel)
    {
        if (Address is null)
            kestrel.ListenAnyIP(Port);
        else
            kestrel.Listen(Address, Port);
    }

    public override string ToString() => Address is null ? $":{Port}" : new IPEndPoint(Address, Port).ToString();
}
