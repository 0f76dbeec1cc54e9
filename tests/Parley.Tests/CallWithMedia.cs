using Parley.Media;
using Parley.Net;

namespace Parley.Tests;

/// <summary>A connected call in which both sides send sound: each has a track that is fed with frames of a number of its own.</summary>
internal sealed class CallWithMedia(Pair pair)
{
    public const int AliceVoice = 1;
    public const int BobVoice = 2;
    public const int Music = 3;

    private bool _ended;

    public Pair Pair => pair;

    public RtpTransceiver Alice { get; private set; } = null!;

    public RtpTransceiver Bob { get; private set; } = null!;

    /// <summary>Makes the call and lets it run until both hear each other.</summary>
    public async Task StartAsync()
    {
        pair.TrickleBothWays();
        Alice = pair.Alice.AddTransceiver(Track(AliceVoice), new RtpTransceiverInit { Streams = [new MediaStream("alice")] });
        await pair.Alice.SetLocalDescriptionAsync();
        await pair.Bob.SetRemoteDescriptionAsync(pair.Alice.LocalDescription!);
        pair.Bob.AddTrack(Track(BobVoice), new MediaStream("bob"));
        Bob = pair.Bob.GetTransceivers()[0];
        await pair.Bob.SetLocalDescriptionAsync();
        await pair.Alice.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
        await pair.ConnectedAsync();
        await ExpectAsync(toBob: AliceVoice, toAlice: BobVoice);
    }

    /// <summary>A track that is fed every 20 ms until the call is over.</summary>
    public MediaStreamTrack Track(int number, MediaKind kind = MediaKind.Audio)
    {
        var track = new MediaStreamTrack(kind);
        _ = FeedAsync(track, (byte)number);
        return track;
    }

    /// <summary>
    /// Looks for a second at what arrives: frames of the given number and no other; 0 for none at all, and when quiet no packets either.
    /// </summary>
    public async Task ExpectAsync(int toBob, int toAlice, bool quiet = true)
    {
        await pair.Simulator.Delay(TimeSpan.FromMilliseconds(500));
        var atBob = new FrameCounter();
        var atAlice = new FrameCounter();
        var packets = PacketsTo(pair.AliceHost) + PacketsTo(pair.BobHost);
        using (Bob.Receiver.Track.Attach(atBob))
        using (Alice.Receiver.Track.Attach(atAlice))
        {
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
        }

        Expect(toBob, atBob, "bob", Bob);
        Expect(toAlice, atAlice, "alice", Alice);
        if (quiet && toBob == 0 && toAlice == 0)
        {
            // Consent and reports go on; media would be 50 packets each way.
            Assert.InRange(PacketsTo(pair.AliceHost) + PacketsTo(pair.BobHost) - packets, 0, 15);
        }
    }

    public void ExpectDirections(RtpTransceiverDirection alice, RtpTransceiverDirection bob)
    {
        Assert.Equal(alice, Alice.CurrentDirection);
        Assert.Equal(bob, Bob.CurrentDirection);
    }

    public void End()
    {
        _ended = true;
        pair.Alice.Close();
        pair.Bob.Close();
    }

    private static void Expect(int number, FrameCounter counter, string who, RtpTransceiver transceiver)
    {
        Assert.True(
            number == 0 ? counter.Total == 0 : counter.Of(number) >= 35 && counter.Total == counter.Of(number),
            $"{who} expected frames of {number} and got {counter}");
        Assert.Equal(
            number == 0 && !(transceiver.CurrentDirection is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly),
            transceiver.Receiver.Track.IsMuted);
    }

    private long PacketsTo(Parley.Simulation.VirtualHost host) =>
        pair.Simulator.Network.Link(host == pair.AliceHost ? pair.BobHost : pair.AliceHost, host).Counters.Delivered;

    private async Task FeedAsync(MediaStreamTrack track, byte number)
    {
        var start = pair.Simulator.Now;
        byte[] data = track.Kind == MediaKind.Audio ? [0xF8, number, 0] : [0x10, number, 0, 0x9D, 0x01, 0x2A, 16, 0, 16, 0, 1, 2, 3, 4];
        while (!_ended)
        {
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(20));
            track.Write(new MediaFrame
            {
                Format = track.Kind == MediaKind.Audio ? MediaFormat.Opus : MediaFormat.Vp8,
                Data = data,
                Timestamp = pair.Simulator.Now - start,
                IsKeyFrame = true,
            });
        }
    }
}
