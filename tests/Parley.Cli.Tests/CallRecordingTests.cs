using Parley.Cli.Calls;
using Parley.Media;

namespace Parley.Cli.Tests;

/// <summary>What <c>--record</c> keeps of a peer that is no browser.</summary>
public sealed class CallRecordingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("PCMU")]
    [InlineData("PCMA")]
    public async Task Call_WithAG711Peer_IsRecordedAsWav(string codec)
    {
        await using var a = new PeerConnection();
        await using var b = new PeerConnection();
        var recording = new CallRecording(b, Path.Combine(_directory.Path, "peer"));
        using var tone = new ToneSource();
        var counter = new TrackCounter();
        b.TrackAdded += (_, e) => e.Track.Attach(counter);
        a.AddTrack(new MediaStreamTrack(MediaKind.Audio, tone));
        a.GetTransceivers()[0].SetCodecPreferences(
            [.. RtpSender.GetCapabilities(MediaKind.Audio)!.Codecs.Where(each =>
                each.MimeType.EndsWith(codec, StringComparison.OrdinalIgnoreCase))]);
        await a.SetLocalDescriptionAsync();
        await UntilAsync(() => a.IceGatheringState == IceGatheringState.Complete);
        await b.SetRemoteDescriptionAsync(a.LocalDescription!);
        await b.SetLocalDescriptionAsync();
        await UntilAsync(() => b.IceGatheringState == IceGatheringState.Complete);
        await a.SetRemoteDescriptionAsync(b.LocalDescription!);
        await UntilAsync(() => counter.Count.Frames >= 50);

        await recording.DisposeAsync();
        Assert.Empty(recording.Errors);
        using WavReader reader = WavReader.Open(Assert.Single(recording.Files));
        var samples = new short[4_000];
        Assert.Equal((8_000, 1, 4_000), (reader.SampleRate, reader.Channels, reader.Read(samples)));
        Assert.True(AudioLevelMeter.LevelOf(samples) > -40, "it is a tone");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(started.Elapsed < Patience.Limit, "it does not come");
            await Task.Delay(20);
        }
    }
}
