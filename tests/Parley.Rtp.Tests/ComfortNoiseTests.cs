using Parley.Net;

namespace Parley.Rtp.Tests;

// RFC 3389.
public class ComfortNoiseTests
{
    private static readonly RtpCodec Pcmu = new() { PayloadType = new(0), Name = "PCMU", ClockRate = 8000, Channels = 1 };
    private static readonly RtpCodec Noise = new() { PayloadType = new(13), Name = "CN", ClockRate = 8000, Channels = 1 };

    private readonly Pair _pair = new();

    [Fact]
    public void Noise_BetweenSound_ComesInItsPlaceAndTheStreamKeepsItsCodec()
    {
        Receive(10, 0, 0, "AA");
        Receive(11, 160, 13, "28");
        Receive(12, 8000, 0, "BB");
        Assert.Equal(
            ["PCMU 0 AA", "CN 160 28", "PCMU 8000 BB"],
            _pair.B.Frames.Select(frame => $"{frame.Codec} {frame.ExtendedTimestamp} {Convert.ToHexString(frame.Data)}"));
        Assert.All(_pair.B.Frames, frame => Assert.False(frame.FollowsLoss));
        Assert.Equal("PCMU", _pair.B.Frames[0].Stream.Codec!.Name);
        Assert.Equal(0, _pair.B.Frames[0].Stream.Statistics.PacketsDiscarded);
    }

    [Fact]
    public void Sound_LostBeforeNoise_IsToldWithTheNoise()
    {
        Receive(10, 0, 0, "AA");
        Receive(12, 320, 13, "28");
        Receive(13, 8000, 0, "BB");
        Assert.Equal([false, true, false], _pair.B.Frames.Select(frame => frame.FollowsLoss));
    }

    private void Receive(ushort sequence, uint timestamp, byte payloadType, string payload)
    {
        if (_pair.B.Session.Inbounds.Count == 0)
        {
            _pair.B.Session.AddInbound(new() { Codecs = [Pcmu, Noise] });
        }

        var bytes = Media.Hex(payload);
        var packet = new byte[200];
        var length = new RtpHeaderWriter(packet, new(payloadType), false, new(sequence), new(timestamp), new(9)).Length;
        bytes.CopyTo(packet, length);
        _pair.B.Session.Receive(packet.AsSpan(0, length + bytes.Length), _pair.Now);
        _pair.Run(TimeSpan.FromMilliseconds(300));
    }
}
