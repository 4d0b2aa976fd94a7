using System.CommandLine;

namespace SwarmAutoscaler.Commands;

/// <summary>
/// <c>completion SHELL</c>: a script that makes the shell ask the program itself, through the parser's <c>[suggest]</c> directive, so that it never falls behind.
/// </summary>
static class CompletionCommand
{
    static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # swarm-autoscaler completion for bash; load it with: source <(swarm-autoscaler completion bash)
            _swarm_autoscaler() {
                local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" rest
                rest="${line#"${line%%[[:space:]]*}"}"
                rest="${rest#"${rest%%[![:space:]]*}"}"
                mapfile -t COMPREPLY < <(compgen -W "$(swarm-autoscaler "[suggest:${#rest}]" "$rest" 2>/dev/null)" -- "$word")
            }
            complete -o default -F _swarm_autoscaler swarm-autoscaler

            """,
        ["zsh"] = """
            # swarm-autoscaler completion for zsh; load it after compinit with: source <(swarm-autoscaler completion zsh)
            _swarm_autoscaler() {
                local rest="${(j: :)words[2,CURRENT]}"
                local -a found
                found=("${(@f)$(swarm-autoscaler "[suggest:${#rest}]" "$rest" 2>/dev/null)}")
                if [[ -n "${found[*]}" ]]; then compadd -- $found; else _files; fi
            }
            compdef _swarm_autoscaler swarm-autoscaler

            """,
        ["fish"] = """
            # swarm-autoscaler completion for fish; load it with: swarm-autoscaler completion fish | source
            function __swarm_autoscaler_complete
                set -l rest (commandline -cp | string replace -r '^\s*\S+\s*' '')
                swarm-autoscaler "[suggest:"(string length -- "$rest")"]" "$rest" 2>/dev/null
            end
            complete -c swarm-autoscaler -a '(__swarm_autoscaler_complete)'

            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Scripts.Keys) };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new Command("completion", "Print a script that makes a shell complete commands and options.") { shell };
        command.SetAction(parsed =>
        {
            if (Scripts.TryGetValue(parsed.GetValue(shell)!, out var script))
            {
                parsed.InvocationConfiguration.Output.Write(script);
                return ExitCode.Good;
            }
            parsed.InvocationConfiguration.Error.WriteLine($"SHELL: '{parsed.GetValue(shell)}' is not one of {string.Join(", ", Scripts.Keys)}");
            return ExitCode.Usage;
        });
        return command;
    }
}
