using System.Net;
using System.Net.Http.Headers;

namespace SwarmAutoscaler.Applying;

/// <summary>A JSON body that knows whether it began to leave. An engine cannot carry out a request whose body it never saw.</summary>
sealed class WatchedJson : HttpContent
{
    readonly byte[] json;
    volatile bool started;

    public WatchedJson(byte[] json)
    {
        this.json = json;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    public bool Started => started;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        started = true;
        await stream.WriteAsync(json, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = json.Length;
        return true;
    }
}
