using System.Net;
using Xunit;

namespace SwarmAutoscaler.Api;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData(":8080", null, 8080, "127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080")]
    [InlineData("[::1]:8080", "::1", 8080, "[::1]:8080")]
    [InlineData("0.0.0.0:1", "0.0.0.0", 1, "127.0.0.1:1")]
    [InlineData("[::]:65535", "::", 65535, "[::1]:65535")]
    [InlineData("10.0.0.7:9000", "10.0.0.7", 9000, "10.0.0.7:9000")]
    public void An_address_is_read_and_seen_from_this_machine(string text, string? address, int port, string local)
    {
        Assert.True(ListenAddress.TryParse(text, out var listen));
        Assert.Equal((address is null ? null : IPAddress.Parse(address), port, local), (listen.Address, listen.Port, listen.Local.ToString()));
        Assert.Equal(text, listen.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData(":")]
    [InlineData(":0")]
    [InlineData(":65536")]
    [InlineData(":-1")]
    [InlineData(": 80")]
    [InlineData("127.0.0.1")]
    [InlineData("::1:8080")]
    [InlineData("[127.0.0.1]:8080")]
    [InlineData("[::1]")]
    [InlineData("1:8080")]
    [InlineData("example.com:8080")]
    [InlineData("http://127.0.0.1:8080")]
    public void Anything_else_is_refused(string text) => Assert.False(ListenAddress.TryParse(text, out _));
}
