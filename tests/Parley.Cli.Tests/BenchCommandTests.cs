using System.Text.Json;

namespace Parley.Cli.Tests;

/// <summary><c>parley bench</c>: each workload prints one JSON line with its members.</summary>
public sealed class BenchCommandTests
{
    private const double LongestSeconds = 60;

    // Long enough for something to happen on most machines.
    private static double ShortSeconds => Patience.Of(TimeSpan.FromSeconds(0.3)).TotalSeconds;

    private static string Shortly => Seconds(ShortSeconds);

    [Theory]
    [InlineData("throughput", "mb_s", "cpu_s_per_gb")]
    [InlineData("messages", "messages_s")]
    [InlineData("round-trip", "median_us", "p99_us")]
    [InlineData("limit", "datagram", "channel_cpu_s_per_gb", "limit_cpu_s_per_gb", "ratio")]
    [InlineData("connect", "median_ms", "cpu_ms_per_connection")]
    [InlineData("memory", "managed_kib_per_connection", "threads")]
    [InlineData("rtp", "packets_s", "cpu_us_per_packet")]
    public async Task Bench_EachWorkload_PrintsItsMembers(string workload, params string[] members)
    {
        JsonElement result = await MeasureAsync(members, workload, "--connections", "20");

        Assert.Equal(workload, result.GetProperty("workload").GetString());
        Assert.All(members, member => Assert.True(result.GetProperty(member).GetDouble() > 0, $"{result}"));
    }

    [Theory]
    [InlineData("throughput", "mb_s")]
    [InlineData("connect", "median_ms")]
    public async Task Bench_TwoProcesses_PrintsItsMembers(string workload, string member)
    {
        JsonElement result = await MeasureAsync([member], workload, "--connections", "2", "--two-processes");

        Assert.True(result.GetProperty("two_processes").GetBoolean());
        Assert.True(result.GetProperty(member).GetDouble() > 0);
    }

    [Theory]
    [InlineData("memory", "managed_kib_per_connection")]
    [InlineData("throughput", "mb_s")]
    [InlineData("rtp", "packets_s")]
    public async Task Bench_SharedPort_PrintsItsMembers(string workload, string member)
    {
        JsonElement result = await MeasureAsync([member], workload, "--connections", "5", "--shared-port");

        Assert.True(result.GetProperty("shared_port").GetBoolean());
        Assert.True(result.GetProperty(member).GetDouble() > 0);
    }

    [Fact]
    public async Task Bench_Srtp_TellsEachProfile()
    {
        JsonElement result = await RunAsync("srtp", "--seconds", Shortly);

        JsonProperty[] profiles = [.. result.GetProperty("profiles").EnumerateObject()];
        Assert.Contains(profiles, each => each.Name == "AEAD_AES_128_GCM");
        Assert.Contains(profiles, each => each.Name == "AES_CM_128_HMAC_SHA1_80");
        Assert.All(profiles, each =>
        {
            Assert.True(each.Value.GetProperty("protect_ns").GetDouble() > 0);
            Assert.True(each.Value.GetProperty("unprotect_ns").GetDouble() > 0);
        });
    }

    [Fact]
    public async Task Bench_Soak_ReportsAndSucceedsWhenNothingIsLost()
    {
        JsonElement result = await RunAsync("soak", "--duration", "0.1m", "--connections", "1");

        Assert.True(result.GetProperty("ok").GetBoolean(), $"{result}");
        Assert.InRange(result.GetProperty("lasted_s").GetDouble(), 6, 60);
        Assert.True(result.GetProperty("messages").GetInt64() > 100);
        Assert.True(result.GetProperty("frames_received").GetInt64() > 100);
        Assert.Empty(result.GetProperty("findings").EnumerateArray());
        Assert.All((string[])["managed_kib", "resident_kib", "handles", "threads"], name =>
            Assert.True(result.GetProperty(name).GetProperty("first").GetDouble() > 0));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("-1s")]
    [InlineData("400h")]
    public async Task Bench_DurationThatIsNone_IsRefused(string duration)
    {
        await using CliProcess bench = CliProcess.Start("bench", "soak", "--duration", duration);

        Assert.Equal(1, await bench.ExitAsync());
        Assert.Contains("--duration takes a number with a unit", bench.Error, StringComparison.Ordinal);
    }

    // On a machine that is so busy that nothing happened in so short a time: longer.
    private static async Task<JsonElement> MeasureAsync(string[] members, string workload, params string[] options)
    {
        for (double seconds = ShortSeconds; ; seconds *= 4)
        {
            JsonElement result = await RunAsync([workload, "--seconds", Seconds(seconds), .. options]);
            if (seconds >= LongestSeconds || members.All(member => result.GetProperty(member).GetDouble() > 0))
            {
                return result;
            }
        }
    }

    private static string Seconds(double seconds) => seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<JsonElement> RunAsync(params string[] arguments)
    {
        await using CliProcess bench = CliProcess.Start(["bench", .. arguments]);
        int code = await bench.ExitAsync();
        Assert.True(code == 0, bench.Error);
        Assert.DoesNotContain('\n', bench.Output);
        return JsonDocument.Parse(bench.Output).RootElement;
    }
}
