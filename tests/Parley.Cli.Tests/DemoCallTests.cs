using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Cli.Tests;

/// <summary><c>parley demo</c> and <c>parley call</c> in two processes, over real sockets.</summary>
public sealed partial class DemoCallTests
{
    [Fact]
    public async Task Call_Demo_MediaAndTextsGoBothWaysAndAreRecorded()
    {
        using var directory = new TemporaryDirectory();
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await using CliProcess call = CliProcess.Start(
            "call", "demo", "--server", server, "--json", "--name", "Ada", "--say", "hello", "--say", "/help", "--record", directory.Path);
        await call.ErrorLineAsync("Host connected");
        await call.ErrorLineAsync("Host: hello");
        await call.ErrorLineAsync("Host: /echo");
        await call.TypeAsync("t /echo on");
        await call.ErrorLineAsync("You hear yourself");
        await MediaAsync(call, "inbound", "outbound");
        await call.TypeAsync("q");

        Assert.Equal(0, await call.ExitAsync());
        await demo.OutputLineAsync("Ada connected");
        await demo.OutputLineAsync("Ada left");
        JsonElement peer = PeerOf(call);
        Assert.Equal("Host", peer.GetProperty("name").GetString());
        Assert.True(peer.GetProperty("polite").GetBoolean());
        JsonElement states = peer.GetProperty("states");

        // A host that has waited long enough offers by itself, before or after the caller's round, which ends all the same.
        string[] signaling = [.. StatesOf(states, "signaling")];
        Assert.Equal(["stable", "have-local-offer", "stable"], signaling.Take(3));
        Assert.All(signaling.Skip(3).Chunk(2), round => Assert.Equal(["have-remote-offer", "stable"], round));
        Assert.Equal("new", StatesOf(states, "gathering")[0]);
        Assert.Equal("complete", StatesOf(states, "gathering")[^1]);
        Assert.Contains("checking", StatesOf(states, "ice"));
        Assert.Contains(StatesOf(states, "ice")[^1], (string[])["connected", "completed"]);
        Assert.Equal(["new", "connecting", "connected"], StatesOf(states, "connection"));
        foreach (string direction in (string[])["inbound", "outbound"])
        {
            JsonElement audio = TrackOf(peer, direction, "audio"), video = TrackOf(peer, direction, "video");
            Assert.True(audio.GetProperty("packets").GetInt64() > 50, $"{direction} {audio}");
            Assert.True(audio.GetProperty("bytes").GetInt64() > 0);
            Assert.Equal(0, audio.GetProperty("lost").GetInt64());
            Assert.Equal("audio/opus", audio.GetProperty("codec").GetString());
            Assert.True(video.GetProperty("frames").GetInt64() > 15, $"{direction} {video}");
            Assert.True(video.GetProperty("keyFrames").GetInt64() >= 1);
            Assert.Equal(0, video.GetProperty("lost").GetInt64());
            Assert.Equal("video/VP8", video.GetProperty("codec").GetString());
        }

        Assert.True(peer.GetProperty("roundTripTime").GetDouble() > 0);
        Assert.Equal("host", peer.GetProperty("path").GetProperty("local").GetProperty("type").GetString());
        JsonElement messages = peer.GetProperty("messages");
        Assert.Equal(3, messages.GetProperty("sent").GetInt32());
        Assert.Equal(3, messages.GetProperty("received").GetInt32());
        Assert.Equal(
            "hello", messages.GetProperty("texts").EnumerateArray().First(each => each.GetProperty("direction").GetString() == "received")
                .GetProperty("text").GetString());
        string[] recordings = [.. peer.GetProperty("recordings").EnumerateArray().Select(each => each.GetString()!)];
        Assert.Equal(2, recordings.Length);
        Assert.True(await PacketsOfAsync(recordings.Single(each => each.EndsWith(".ogg", StringComparison.Ordinal)), "opus") > 50);
        Assert.True(await PacketsOfAsync(recordings.Single(each => each.EndsWith(".ivf", StringComparison.Ordinal)), "vp8") > 15);
    }

    [Fact]
    public async Task Call_HeldByEitherSide_DirectionsAndPacketsStopAndComeBack()
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", server, "--json");
        await call.ErrorLineAsync("Host connected");
        await MediaAsync(call, "inbound", "outbound");
        await call.TypeAsync("t /hold");
        await call.ErrorLineAsync("audio is recvonly");
        await MediaAsync(call, "inbound");
        await call.TypeAsync("t /resume");
        await call.ErrorLineAsync("audio is sendrecv");
        await MediaAsync(call, "inbound", "outbound");
        await call.TypeAsync("h");
        await call.ErrorLineAsync("audio is sendonly");
        await MediaAsync(call, "outbound");
        await call.TypeAsync("r");
        await call.ErrorLineAsync("audio is sendrecv");
        await MediaAsync(call, "inbound", "outbound");
        await call.TypeAsync("q");

        Assert.Equal(0, await call.ExitAsync());
        JsonElement peer = PeerOf(call);
        foreach (string kind in (string[])["audio", "video"])
        {
            JsonElement[] entries =
                [.. peer.GetProperty("directions").EnumerateArray().Where(each => each.GetProperty("kind").GetString() == kind)];
            Assert.Equal(
                ["sendrecv", "recvonly", "sendrecv", "sendonly", "sendrecv"],
                entries.Select(each => each.GetProperty("currentDirection").GetString()!));
            long[] sent =
            [
                .. entries.Select(each => each.GetProperty("packetsSent").GetInt64()),
                TrackOf(peer, "outbound", kind).GetProperty("packets").GetInt64(),
            ];
            long[] received =
            [
                .. entries.Select(each => each.GetProperty("packetsReceived").GetInt64()),
                TrackOf(peer, "inbound", kind).GetProperty("packets").GetInt64(),
            ];

            // On hold by the host: it is heard, this side is not. On hold by this side: the other way round, but for what was on the way.
            Assert.True(
                sent[1] > sent[0] && sent[2] - sent[1] <= 2 && sent[3] > sent[2] + 5 && sent[4] > sent[3] + 5 && sent[5] > sent[4] + 5,
                $"{kind} sent {string.Join(' ', sent)}");
            Assert.True(
                received[1] > received[0] && received[2] > received[1] + 5 && received[3] > received[2] + 5
                    && received[4] - received[3] <= 5 && received[5] > received[4] + 5,
                $"{kind} received {string.Join(' ', received)}");
        }
    }

    [Fact]
    public async Task Call_HostSaysBye_CallEndsAndRoomGoesOn()
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync();
        await using var host = demo;
        await using CliProcess call = CliProcess.Start("call", "demo", "--server", server, "--json", "--name", "Ada", "--say", "/bye");
        await call.ErrorLineAsync("Host hung up");
        await using (CliProcess other = CliProcess.Start("call", "demo", "--server", server, "--say", "I am here"))
        {
            // The mesh: the first caller is called by the second, which the host answers too.
            await other.OutputLineAsync("Host: I am here");
            await call.ErrorLineAsync("I am here");
            await other.TypeAsync("q");
            Assert.Equal(0, await other.ExitAsync());
        }

        await call.TypeAsync("q");
        Assert.Equal(0, await call.ExitAsync());
        using JsonDocument report = JsonDocument.Parse(call.Output);

        // A peer that hung up and has not left yet gets a connection to call again with, so it may stand here twice.
        var peers = report.RootElement.GetProperty("peers").EnumerateArray().Select(peer => peer.GetProperty("id").GetString()).Distinct();
        Assert.Equal(2, peers.Count());
    }

    [Fact]
    public async Task Demo_CallerKilled_IsCleanedUp()
    {
        (CliProcess demo, string server) = await CliProcess.StartDemoAsync("--grace", "2");
        await using var host = demo;
        await using (CliProcess call = CliProcess.Start("call", "demo", "--server", server, "--name", "Ada"))
        {
            await demo.OutputLineAsync("Ada connected");
            await call.SignalAsync("KILL");
        }

        await demo.OutputLineAsync("Ada left");
        await demo.SignalAsync("INT");
        Assert.Equal(0, await demo.ExitAsync());
        Assert.Equal("", demo.Error);
    }

    // Sound and pictures go on in these directions: 60 packets more of sound, 30 of pictures, by the call's own word.
    private static async Task MediaAsync(CliProcess call, params string[] directions)
    {
        var started = Stopwatch.StartNew();
        Dictionary<string, long> first = await PacketsOfCallAsync(call), now = first;
        while (!directions.All(direction => HasMore($"{direction} audio", 60) && HasMore($"{direction} video", 30)))
        {
            Assert.True(started.Elapsed < Patience.Limit, $"Media stand still: {string.Join(", ", first)}, then {string.Join(", ", now)}");
            await Task.Delay(50);
            now = await PacketsOfCallAsync(call);
        }

        bool HasMore(string flow, int packets) => now.GetValueOrDefault(flow) >= first.GetValueOrDefault(flow) + packets;
    }

    private static async Task<Dictionary<string, long>> PacketsOfCallAsync(CliProcess call)
    {
        await call.TypeAsync("s");
        string line = await call.ErrorLineAsync("Host connected ");
        return FlowPattern().Matches(line).ToDictionary(
            match => match.Groups[1].Value, match => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"((?:in|out)bound (?:audio|video)) (\d+) packets")]
    private static partial Regex FlowPattern();

    private static JsonElement PeerOf(CliProcess call) => JsonDocument.Parse(call.Output).RootElement.GetProperty("peers")[0];

    private static string[] StatesOf(JsonElement states, string name) =>
        [.. states.GetProperty(name).EnumerateArray().Select(each => each.GetProperty("state").GetString()!)];

    private static JsonElement TrackOf(JsonElement peer, string direction, string kind) => peer.GetProperty("tracks").EnumerateArray()
        .Single(each => each.GetProperty("direction").GetString() == direction && each.GetProperty("kind").GetString() == kind);

    private static async Task<int> PacketsOfAsync(string file, string codec)
    {
        using Process probe = Process.Start(new ProcessStartInfo(
            "ffprobe", ["-v", "warning", "-count_packets", "-show_entries", "stream=codec_name,nb_read_packets", "-of", "csv=p=0", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = probe.StandardError.ReadToEndAsync();
        string[] fields = (await probe.StandardOutput.ReadToEndAsync()).Trim().Split(',');
        await probe.WaitForExitAsync();
        Assert.Equal("", await error);
        Assert.Equal(0, probe.ExitCode);
        Assert.Equal(codec, fields[0]);
        return int.Parse(fields[1]);
    }
}
