using System.Text;
using SwarmAutoscaler.Policies;
using Xunit;

namespace SwarmAutoscaler.Tests.Policies;

/// <summary>Files that are no YAML, or YAML made to hurt: one error with its place, quickly.</summary>
public sealed class DocumentLimitsTests
{
    static string ErrorOf(string text) => Assert.Single(Given.Read(("p.yml", text)).Errors).ToString();

    [Theory]
    [InlineData("", "p.yml:1:1: the file is empty")]
    [InlineData("service: a\nservice: b", "p.yml:2:1: not valid YAML: duplicate key service")]
    [InlineData("service: a\nreplicas: { max: 3, max: 4 }", "p.yml:2:21: not valid YAML: duplicate key max")]
    [InlineData("service: a\nreplicas:\n\tmax: 3", "p.yml:3:1: not valid YAML: while scanning a mapping, found invalid tab as indentation")]
    [InlineData("service: !secret a", "p.yml:1:10: tags are not supported; a text that begins with ! needs quotes")]
    [InlineData("service: !!str a", "p.yml:1:10: tags are not supported; a text that begins with ! needs quotes")]
    [InlineData("service: 'a\nb", "p.yml:1:10: not valid YAML: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("service: a: b", "p.yml:1:11: not valid YAML: while scanning a plain scalar value, found invalid mapping")]
    [InlineData("service: a\nmetrics: [1\nb: 2", "p.yml:2:10: not valid YAML: a '[' or '{' before this place is not closed")]
    [InlineData("service: *nobody", "p.yml:1:10: the alias refers to nothing before it; a text that begins with * needs quotes")]
    [InlineData("service: a\nx: &x [ *x ]", "p.yml:2:9: the alias refers to nothing before it; a text that begins with * needs quotes")]
    [InlineData("[a, b]: 1", "p.yml:1:1: a key must be a plain text")]
    [InlineData("a: &a 1\n*a : 2", "p.yml:2:1: a key must be a plain text, not an alias")]
    public void What_is_no_proper_yaml_is_one_error_with_its_place(string text, string expected) => Assert.Equal(expected, ErrorOf(text));

    [Theory]
    [InlineData("service: \"\\UFFFFFFFF\"", "p.yml:1:1")]
    [InlineData("service: web\nx: \"\\uD800\\uD800\"", "p.yml:2:1")]
    [InlineData("%TAG ! ", "p.yml:1:1")]
    [InlineData("service: !<>", "p.yml:1:1")]
    [InlineData(" :\t>", "p.yml:2:1")]
    public void What_the_yaml_library_trips_over_is_an_error_of_its_file_alone(string text, string place)
    {
        var set = Given.Read(("good.yml", "service: good\nreplicas: { max: 3 }"), ("p.yml", text));
        Assert.Equal([$"{place}: not valid YAML: what follows this place cannot be read"], set.Errors.Select(error => error.ToString()));
        Assert.Equal("good", Assert.Single(set.Policies).Service);
    }

    [Theory]
    [InlineData("*S3cret")]
    [InlineData("!S3cret")]
    [InlineData("!<S3cret> x")]
    [InlineData("!S3cret! x")]
    [InlineData("!a!S3cret x")]
    [InlineData("&S3cret *S3cret")]
    [InlineData("%S3cret")]
    [InlineData("@S3cret")]
    [InlineData("\"\\S3cret\"")]
    public void A_secret_that_needed_quotes_is_not_told(string secret) =>
        Assert.DoesNotContain("S3cret", ErrorOf($"connections: {{ prometheus: {{ default: {{ url: http://p, headers: {{ X-Api-Key: {secret} }} }} }} }}"), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_utf8_is_refused() =>
        Assert.Equal("p.yml:1:1: the file is not valid UTF-8", PolicyFile.Parse("p.yml", [0x61, 0xFF, 0xFE]).Error!.ToString());

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_key() =>
        Assert.Equal("web", Assert.Single(PolicyFile.Parse("p.yml", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("service: web")]).Documents).Service);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void One_mebibyte_is_the_most(int more, bool good)
    {
        const string policy = "service: web\nreplicas: { max: 3 }\n#";
        var text = policy + new string('x', (1024 * 1024) - policy.Length + more);
        Assert.Equal(good ? [] : ["p.yml:1:1: the file is larger than 1 MiB"], Given.Read(("p.yml", text)).Errors.Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 100_000)]
    [InlineData("- ", 500_000)]
    [InlineData("[[[[", 33)]
    public void Deep_nesting_is_refused_and_ends_no_process(string opening, int times)
    {
        var watch = Timed(() => Assert.EndsWith("nested deeper than 32 levels", ErrorOf("x: " + (opening[0] == '-' ? "\n" : "") + Repeat(opening, times)), StringComparison.Ordinal));
        Assert.InRange(watch.TotalSeconds, 0, 5);
    }

    [Fact]
    public void Thirty_two_levels_are_allowed() =>
        Assert.EndsWith("unknown key 'x'", ErrorOf($"service: a\nreplicas: {{ max: 1 }}\nx: {new string('[', 31)}{new string(']', 31)}"), StringComparison.Ordinal);

    [Fact]
    public void Nesting_built_from_aliases_counts_as_nesting()
    {
        var text = new StringBuilder("a0: &a0 [1]\n");
        for (int i = 1; i < 40; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}]\n");
        Assert.Equal("p.yml:32:12: nested deeper than 32 levels", ErrorOf(text.ToString()));
    }

    [Fact]
    public void An_alias_bomb_is_refused_quickly()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 20; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        var watch = Timed(() => Assert.EndsWith("with its aliases written out the file is too large", ErrorOf(text.ToString()), StringComparison.Ordinal));
        Assert.InRange(watch.TotalSeconds, 0, 2);
    }

    [Fact]
    public void A_wide_alias_bomb_inside_the_known_keys_is_refused_quickly()
    {
        var steps = string.Join(',', Enumerable.Repeat("*s", 10_000));
        var metrics = string.Join(',', Enumerable.Repeat("*m", 10_000));
        var text = $"s: &s {{ above: 1, add: 1 }}\nl: &l [{steps}]\nm: &m {{ source: redis, steps: *l }}\nservice: web\nmetrics: [{metrics}]";
        var watch = Timed(() => Assert.EndsWith("with its aliases written out the file is too large", ErrorOf(text), StringComparison.Ordinal));
        Assert.InRange(watch.TotalSeconds, 0, 2);
    }

    [Fact]
    public void Honest_aliases_work() => Assert.Equal(
        [5, 5],
        Given.Read(("p.yml", "service: a\nreplicas: &r { max: 5 }\n---\nservice: b\nreplicas: &r { max: 5 }\nscale_up: &s { cooldown: 1m }\nscale_down: *s"))
            .Policies.Select(policy => policy.Replicas.Max));

    [Fact]
    public void Nothing_but_comments_is_no_document_and_no_mistake() => Assert.Empty(Given.Read(("p.yml", "# service: web\n")).Errors);

    static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    static TimeSpan Timed(Action action)
    {
        long start = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(start);
    }
}
