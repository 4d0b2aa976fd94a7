using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// Looks at the policy files every few seconds, which also works where files change without a notice (NFS, bind mounts), and at once on
/// <c>SIGHUP</c>. The first look is over when the host has started this.
/// </summary>
sealed class PolicyWatch(PolicyCatalog catalog, TimeProvider time, ILogger<PolicyWatch> log) : BackgroundService
{
    /// <summary>Between two looks: 2 s.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // One waiting request is enough: a look covers all that asked for it before it began.
    readonly Channel<bool> requests = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    volatile bool compareContent;

    PosixSignalRegistration? hangup;
    ITimer? timer;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        catalog.Reload(compareContent: true);
        timer = time.CreateTimer(_ => requests.Writer.TryWrite(true), null, Interval, Interval);
        hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Request();
        });
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        hangup?.Dispose();
        timer?.Dispose();
        base.Dispose();
    }

    /// <summary>Asks for a look at all content at once.</summary>
    public void Request()
    {
        compareContent = true;
        requests.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in requests.Reader.ReadAllAsync(stoppingToken))
            Look();
    }

    void Look()
    {
        bool all = compareContent;
        compareContent = false;
        try
        {
            catalog.Reload(all);
        }
        catch (Exception e)
        {
            log.ReloadFailed(e);
        }
    }
}
