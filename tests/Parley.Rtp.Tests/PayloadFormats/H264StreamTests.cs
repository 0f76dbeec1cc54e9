using Parley.Net;

namespace Parley.Rtp.Tests.PayloadFormats;

/// <summary>What senders of H.264 do that differs from sender to sender.</summary>
public class H264StreamTests
{
    private const string Code = "00 00 00 01 ";
    private const string Sps = "67 42 C0 1E A6 80 F0 04";
    private const string Pps = "68 CE 3C 80 42";
    private const string Idr = "65 88 84 21 22 23";
    private const string Slice = "41 9A 24 6C 41 42";

    private readonly Peer _peer = new("b", 1);
    private readonly byte[] _packet = new byte[1500];
    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1);
    private ushort _sequence = 100;

    [Theory]
    [InlineData("06 05 01 80")]
    [InlineData("09 10")]
    [InlineData("68 CE 3C 80 42")]
    [InlineData("78 00 04 06 05 01 80 00 05 68 CE 3C 80 42")]
    [InlineData("7C 86 05 01 80", "7C 46 80 01")]
    public void FirstFrame_BeginsWithASmallUnit_IsHandedUp(params string[] beginning)
    {
        Add();
        foreach (var payload in beginning)
        {
            Receive(1, payload, marker: false);
        }

        Receive(1, Idr, marker: true);
        var frame = Assert.Single(Frames());
        Assert.True(frame is { IsKeyFrame: true, IsDecodable: true });
        Assert.EndsWith(Hex(Code + Idr), Hex(frame.Data));
    }

    [Theory]
    [InlineData("65 88 84 21")]
    [InlineData("7C 85 88 84 21", "7C 05 22 23", "7C 45 24")]
    [InlineData("78 00 04 65 88 84 21 00 02 65 01")]
    public void FirstFrame_IsABareIdr_IsHandedUp(params string[] payloads)
    {
        Add();
        for (var i = 0; i < payloads.Length; i++)
        {
            Receive(1, payloads[i], marker: i == payloads.Length - 1);
        }

        Assert.True(Assert.Single(Frames()).IsKeyFrame);

        // Its parameter sets may have been lost before it: one key frame is asked for, in case.
        Run(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _peer.Session.Inbounds[0].Streams[0].Statistics.PliCount);
    }

    [Theory]
    [InlineData("7C 05 22 23")]
    [InlineData("7C 45 22 23")]
    [InlineData("65 08 84 21")]
    [InlineData("41 1A 24 6C")]
    public void FirstPacket_IsOfTheMiddleOfAFrame_ThatFrameIsPassedOver(string payload)
    {
        Add();
        Receive(1, payload, marker: true);
        Assert.Empty(Frames());
        Receive(2, Idr, marker: true);
        Assert.Single(Frames());
    }

    [Fact]
    public void ParameterSets_SentOnce_StandInEveryLaterKeyFrame()
    {
        Add();
        Receive(1, Sps, marker: false);
        Receive(1, Pps, marker: false);
        Receive(1, Idr, marker: true);
        Receive(2, Slice, marker: true);
        Receive(3, Idr, marker: true);
        Receive(4, "09 10", marker: false);
        Receive(4, Idr, marker: true);
        string[] expected =
        [
            Code + Sps + Code + Pps + Code + Idr,
            Code + Slice,
            Code + Sps + Code + Pps + Code + Idr,
            Code + "09 10" + Code + Sps + Code + Pps + Code + Idr,
        ];
        Assert.Equal(expected.Select(Hex), Frames().Select(frame => Hex(frame.Data)));
        Assert.Equal(0, _peer.Session.Inbounds[0].Streams[0].Statistics.PliCount);
    }

    [Fact]
    public void ParameterSets_SentAnew_TakeThePlaceOfThoseOfTheSameId()
    {
        const string Other = "67 42 C0 1F A6 80 A0 08";
        Add();
        Receive(1, Sps, marker: false);
        Receive(1, Pps, marker: false);
        Receive(1, Idr, marker: true);
        Receive(2, Other, marker: false);
        Receive(2, Pps, marker: false);
        Receive(2, Idr, marker: true);
        Receive(3, Idr, marker: true);
        Assert.Equal(Hex(Code + Other + Code + Pps + Code + Idr), Hex(Frames()[^1].Data));
    }

    [Fact]
    public void ParameterSets_OfTheDescription_StandInTheFirstKeyFrame()
    {
        var sets = $"{Convert.ToBase64String(Media.Hex(Sps))},{Convert.ToBase64String(Media.Hex(Pps))},!,AAAA";
        Add(Media.H264 with { Fmtp = $"packetization-mode=1; sprop-parameter-sets={sets};profile-level-id=42c01e" });
        Receive(1, Idr, marker: true);
        Assert.Equal(Hex(Code + Sps + Code + Pps + Code + Idr), Hex(Assert.Single(Frames()).Data));
        Run(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _peer.Session.Inbounds[0].Streams[0].Statistics.PliCount);
    }

    [Theory]
    [InlineData("00 01 02")]
    [InlineData("1E 01 02")]
    [InlineData("1F")]
    [InlineData("78 00 02 1E 01")]
    public void ReservedUnits_BeforeWithinAndAfterAFrame_ArePassedOver(string reserved)
    {
        Add();
        Receive(1, Sps, marker: false);
        Receive(1, reserved, marker: false);
        Receive(1, "7C 85 88 84 21", marker: false);
        if (reserved[0] != '7')
        {
            Receive(1, reserved, marker: false);
        }

        Receive(1, "7C 45 22 23", marker: false);
        Receive(1, reserved, marker: true);
        Receive(2, Slice, marker: true);
        Receive(3, reserved, marker: true);
        Receive(4, Slice, marker: true);
        string[] expected = [Code + Sps + Code + "65 88 84 21 22 23", Code + Slice, Code + Slice];
        Assert.Equal(expected.Select(Hex), Frames().Select(frame => Hex(frame.Data)));
        Assert.All(Frames(), frame => Assert.True(frame.IsDecodable));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(5000)]
    public void LengthPrefixed_IsSentAsTheSameFrameWithStartCodes(int longer)
    {
        var pair = new Pair();
        var video = pair.A.Session.AddOutbound(new() { Codecs = [Media.H264] });
        pair.B.Session.AddInbound(new() { Codecs = [Media.H264] });
        byte[][] units = [Media.Hex(Sps), Media.Hex(Pps), [0x65, 0x88, .. Media.Body(1, longer).Select(b => (byte)(b | 4)), 4]];
        byte[][] next = [[0x41, 0x9A, .. Media.Body(2, longer).Select(b => (byte)(b | 4)), 4]];
        foreach (var (frame, i) in new[] { units, next }.Select((frame, i) => (frame, i)))
        {
            byte[] data = [.. frame.SelectMany(unit => (byte[])[0, 0, (byte)(unit.Length >> 8), (byte)unit.Length, .. unit])];
            Assert.True(
                video.Send(
                    new() { PayloadType = Media.H264.PayloadType, Timestamp = new((uint)i * 3000), Data = data, IsKeyFrame = i == 0 },
                    pair.Now));
            pair.Run(TimeSpan.FromMilliseconds(33));
        }

        byte[][] expected =
            [[.. units.SelectMany(unit => (byte[])[0, 0, 0, 1, .. unit])], [.. next.SelectMany(unit => (byte[])[0, 0, 0, 1, .. unit])]];
        Assert.Equal(expected, pair.B.Frames.Select(frame => frame.Data));
    }

    [Fact]
    public void ConfigurationRecord_BecomesParameterSets()
    {
        var record = Media.Hex("01 42 C0 1E FF E1 00 08 67 42 C0 1E A6 80 F0 04 01 00 05 68 CE 3C 80 42");
        var prefixed = new H264LengthPrefixed();
        Assert.True(prefixed.TryConvert(record, out var converted));
        Assert.Equal(Hex(Code + Sps + Code + Pps), Hex(converted.ToArray()));
        for (var length = 0; length < record.Length; length++)
        {
            Assert.False(prefixed.TryConvert(record.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void NeitherForm_IsRefusedAndCounted()
    {
        var video = _peer.Session.AddOutbound(new() { Codecs = [Media.H264] });
        Assert.False(
            video.Send(new() { PayloadType = Media.H264.PayloadType, Timestamp = new(1), Data = Media.Hex("00 00 00 09 65 88 84") }, _now));
        Assert.Equal((1, 1), (video.Statistics.FramesMalformed, video.Statistics.FramesDropped));

        // A unit by itself is a frame.
        Assert.True(video.Send(new() { PayloadType = Media.H264.PayloadType, Timestamp = new(1), Data = Media.Hex("65 88 84") }, _now));
    }

    [Fact]
    public void PrefixesOfRandomBytes_NeverThrow()
    {
        var random = RandomSource.Seeded(9);
        var prefixed = new H264LengthPrefixed();
        var sets = new H264ParameterSets();
        for (var i = 0; i < 50_000; i++)
        {
            var frame = new byte[random.Next(40)];
            random.Fill(frame);
            for (var at = 0; at < frame.Length; at++)
            {
                frame[at] = random.Next(2) == 0 ? (byte)(frame[at] & 0x07) : frame[at];
            }

            if (i % 2 == 0 && frame.Length > 5)
            {
                (frame[0], frame[1], frame[2], frame[3]) = (0, 0, 1, (byte)(0x60 | 7 + i % 4 / 2));
            }

            var data = prefixed.TryConvert(frame, out var converted) ? converted.Span : frame;
            if (sets.AreMissingIn(data, out var place))
            {
                Assert.InRange(place, 0, data.Length);
                sets.Write(new byte[sets.Length]);
            }
        }

        Assert.InRange(sets.Length, 1, 16 * 1028);
    }

    private static string Hex(string hex) => hex.Replace(" ", "", StringComparison.Ordinal);

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private void Add(RtpCodec? codec = null) => _peer.Session.AddInbound(new() { Mid = "1", Codecs = [codec ?? Media.H264] });

    private List<Taken> Frames()
    {
        _peer.Read();
        return _peer.Frames;
    }

    private void Receive(uint picture, string payload, bool marker)
    {
        var bytes = Media.Hex(payload);
        var writer = new RtpHeaderWriter(_packet, Media.H264.PayloadType, marker, new(_sequence++), new(picture * 3000), new(9));
        bytes.CopyTo(_packet, writer.Length);
        _peer.Session.Receive(_packet.AsSpan(0, writer.Length + bytes.Length), _now);
    }

    private void Run(TimeSpan time)
    {
        for (var end = _now + time; _now < end; _now += TimeSpan.FromMilliseconds(50))
        {
            _peer.Session.Advance(_now);
            while (_peer.Session.Transmit(_packet, _now) > 0)
            {
            }
        }
    }
}
