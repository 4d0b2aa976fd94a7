namespace SwarmAutoscaler.Simulating.Drawing;

/// <summary>The colours of a picture, for light and dark surroundings. Everything a picture needs is in it: no script, no font, no other file.</summary>
static class PictureStyle
{
    public const string Count = "count", Running = "running", Value = "value", Target = "target", Load = "load", Capacity = "capacity", Queue = "queue";
    public const string Up = "up", Down = "down", Hold = "hold", Missing = "missing", Unexpected = "unexpected";

    public const string Text =
        """

        .paper { fill: #ffffff }
        .ink { fill: #1f2328 }
        .faint { fill: #59636e }
        .grid { stroke: #e2e6ea; fill: none }
        .frame { stroke: #b8c0c8; fill: none }
        .band { fill: #0969da; fill-opacity: .12 }
        .count, .running, .value, .target, .load, .capacity, .queue { fill: none; stroke-width: 1.75; stroke-linejoin: round }
        .count { stroke: #0969da; stroke-width: 2.25 }
        .running { stroke: #6e7781; stroke-dasharray: 2 3 }
        .value { stroke: #1a7f37 }
        .target { stroke: #cf222e; stroke-dasharray: 6 4 }
        .load { stroke: #9a6700 }
        .capacity { stroke: #8250df; stroke-dasharray: 6 4 }
        .queue { stroke: #bc4c00 }
        .up, .down, .hold, .missing, .unexpected { stroke: #ffffff; stroke-width: 1 }
        .up { fill: #1a7f37 }
        .down { fill: #8250df }
        .hold { fill: #6e7781 }
        .missing, .unexpected { fill: #cf222e }
        @media (prefers-color-scheme: dark) {
          .paper { fill: #0d1117 }
          .ink { fill: #e6edf3 }
          .faint { fill: #9198a1 }
          .grid { stroke: #21262d }
          .frame { stroke: #3d444d }
          .band { fill: #4493f8; fill-opacity: .18 }
          .count { stroke: #4493f8 }
          .running { stroke: #9198a1 }
          .value { stroke: #3fb950 }
          .target { stroke: #f85149 }
          .load { stroke: #d29922 }
          .capacity { stroke: #ab7df8 }
          .queue { stroke: #db6d28 }
          .up, .down, .hold, .missing, .unexpected { stroke: #0d1117 }
          .up { fill: #3fb950 }
          .down { fill: #ab7df8 }
          .hold { fill: #9198a1 }
          .missing, .unexpected { fill: #f85149 }
        }

        """;
}
