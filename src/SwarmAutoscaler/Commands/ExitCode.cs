namespace SwarmAutoscaler.Commands;

/// <summary>The exit codes all commands share; they are part of the contract.</summary>
static class ExitCode
{
    public const int Good = 0;

    /// <summary>The command ran and found something wrong, all of it reported.</summary>
    public const int Errors = 1;

    /// <summary>The command line or a setting is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Everything was played, and something was decided that a scenario did not expect.</summary>
    public const int Unexpected = 3;
}
