namespace Parley.Srtp.Tests;

public sealed class SrtpContextTests
{
    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Rtp_EachLength_ComesBack(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        for (var payload = 0; payload < 300; payload++)
        {
            var plain = Pair.Rtp((ushort)payload, payload: payload);
            var packet = pair.Protect(plain);
            Assert.Equal(plain.Length + profile.RtpTagLength, packet.Length);
            Assert.Equal(plain.AsSpan(0, 12), packet.AsSpan(0, 12));
            Assert.True(pair.Inbound.TryUnprotectRtp(packet, out var length, out var error));
            Assert.Equal(SrtpError.None, error);
            Assert.Equal(plain, packet.AsSpan(0, length));
        }
    }

    [Fact]
    public void FromKeyingMaterial_ClientAndServer_WriteUnderDifferentKeys()
    {
        var profile = SrtpProfile.AeadAes128Gcm;
        var material = Enumerable.Range(0, profile.KeyingMaterialLength).Select(i => (byte)i).ToArray();
        var (fromClient, toClient) = SrtpContext.FromKeyingMaterial(profile, material, isClient: true);
        var buffer = new byte[80];
        Pair.Rtp(1).CopyTo(buffer, 0);
        var length = fromClient.ProtectRtp(buffer, 62);

        Assert.False(toClient.TryUnprotectRtp(buffer.AsSpan(0, length), out _, out var error));
        Assert.Equal(SrtpError.AuthenticationFailed, error);
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Rtp_SequenceWrapsThreeTimes_RollOverIsFollowed(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        for (var index = 60_000; index < 60_000 + 3 * 65_536; index += 97)
        {
            Assert.Equal(SrtpError.None, pair.Unprotect(pair.Protect(Pair.Rtp((ushort)index))));
        }
    }

    [Fact]
    public void Rtp_ReorderedAcrossTheWrap_EachIsAcceptedOnce()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        var packets = Enumerable.Range(65_536 - 400, 800).Select(i => pair.Protect(Pair.Rtp((ushort)i))).ToArray();
        Assert.Equal(SrtpError.None, pair.Unprotect(packets[0]));
        var late = packets[1..];
        new Random(5).Shuffle(late);
        Assert.All(late, packet => Assert.Equal(SrtpError.None, pair.Unprotect(packet)));
        Assert.All(packets, packet => Assert.Equal(SrtpError.Replayed, pair.Unprotect(packet)));
        Assert.Equal(800, pair.Inbound.ErrorCount(SrtpError.Replayed));
        Assert.Equal(800, pair.Inbound.PacketCount);
    }

    [Fact]
    public void Rtp_LatePacketOfTheFormerRollOver_IsAcceptedWithinTheWindowOnly()
    {
        using var pair = new Pair(SrtpProfile.Aes128CmHmacSha1With80BitTag);
        var packets = Enumerable.Range(
            65_536 - ReplayWindow.Length, ReplayWindow.Length + 1).Select(i => pair.Protect(Pair.Rtp((ushort)i))).ToArray();
        Assert.Equal(SrtpError.None, pair.Unprotect(packets[2]));
        Assert.Equal(SrtpError.None, pair.Unprotect(packets[^1]));

        Assert.Equal(SrtpError.None, pair.Unprotect(packets[1]));
        Assert.Equal(SrtpError.TooOld, pair.Unprotect(packets[0]));
        Assert.Equal(SrtpError.Replayed, pair.Unprotect(packets[2]));
    }

    [Fact]
    public void ProtectRtp_OldPacketAgainAfterTheWrap_GivesTheSameBytes()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        var first = pair.Protect(Pair.Rtp(65_530));
        for (var i = 65_531; i < 65_536 + 20; i++)
        {
            pair.Protect(Pair.Rtp((ushort)i));
        }

        Assert.Equal(first, pair.Protect(Pair.Rtp(65_530)));
        Assert.Equal(pair.Protect(Pair.Rtp(20)), pair.Protect(Pair.Rtp(20)));
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Rtcp_EachLength_ComesBackOnceAndNeverTheSameOnTheWire(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var seen = new HashSet<string>();
        for (var length = 8; length < 300; length += 4)
        {
            var plain = Pair.Rtcp(length: length);
            var packet = pair.ProtectRtcp(plain);
            Assert.Equal(plain.Length + profile.RtcpTagLength + 4, packet.Length);
            Assert.True(seen.Add(Convert.ToHexString(packet)));
            var copy = packet.ToArray();
            Assert.True(pair.Inbound.TryUnprotectRtcp(copy, out var opened, out var error), error.ToString());
            Assert.Equal(plain, copy.AsSpan(0, opened));
            Assert.Equal(SrtpError.Replayed, pair.UnprotectRtcp(packet));
        }
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Rtcp_WithoutTheEncryptedBit_IsRefused(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var packet = pair.ProtectRtcp(Pair.Rtcp());
        packet[profile.IsAead ? packet.Length - 4 : packet.Length - 14] ^= 0x80;
        Assert.Equal(SrtpError.NotEncrypted, pair.UnprotectRtcp(packet));
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Unprotect_EveryBitFlippedAndEveryTruncation_IsRefusedAndMakesNoState(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var rtp = pair.Protect(Pair.Rtp(1));
        var rtcp = pair.ProtectRtcp(Pair.Rtcp());
        for (var length = 0; length < rtp.Length; length++)
        {
            Assert.NotEqual(SrtpError.None, pair.Unprotect(rtp.AsSpan(0, length)));
        }

        for (var length = 0; length < rtcp.Length; length++)
        {
            Assert.NotEqual(SrtpError.None, pair.UnprotectRtcp(rtcp.AsSpan(0, length)));
        }

        for (var bit = 0; bit < rtp.Length * 8; bit++)
        {
            rtp[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(SrtpError.None, pair.Unprotect(rtp));
            rtp[bit / 8] ^= (byte)(1 << bit % 8);
        }

        for (var bit = 0; bit < rtcp.Length * 8; bit++)
        {
            rtcp[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.NotEqual(SrtpError.None, pair.UnprotectRtcp(rtcp));
            rtcp[bit / 8] ^= (byte)(1 << bit % 8);
        }

        Assert.Equal(0, pair.Inbound.SourceCount);
        Assert.Equal(SrtpError.None, pair.Unprotect(rtp));
        Assert.Equal(SrtpError.None, pair.UnprotectRtcp(rtcp));
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void Unprotect_RandomBytes_IsRefused(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[random.Next(0, 120)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0)
            {
                bytes[0] = (byte)(0x80 | (bytes[0] & 0x3F));
            }

            Assert.NotEqual(SrtpError.None, pair.Unprotect(bytes));
            Assert.NotEqual(SrtpError.None, pair.UnprotectRtcp(bytes));
        }

        Assert.Equal(0, pair.Inbound.SourceCount);
    }

    [Fact]
    public void Rtp_HeaderReachesPastTheEnd_IsMalformedBothWays()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        var csrcs = Pair.Rtp(1, payload: 10);
        csrcs[0] |= 3;
        Assert.Empty(pair.Protect(csrcs));
        var extension = Pair.Rtp(1, payload: 10);
        extension[0] |= 0x10;
        Assert.Empty(pair.Protect(extension));
        var version = Pair.Rtp(1);
        version[0] = 0x40;
        Assert.Empty(pair.Protect(version));
        Assert.Equal(3, pair.Outbound.ErrorCount(SrtpError.Malformed));
        Assert.Empty(pair.Protect(new byte[11]));
        Assert.Equal(1, pair.Outbound.ErrorCount(SrtpError.TooShort));

        var packet = pair.Protect(Pair.Rtp(1));
        packet[0] |= 0x1F;
        packet.AsSpan(12).Fill(0xFF);
        Assert.Equal(SrtpError.Malformed, pair.Unprotect(packet));
    }

    [Fact]
    public void Sources_OverTheBound_AreRefusedUntilOneIsRemoved()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        for (var ssrc = 0u; ssrc < SrtpContext.MaxSources; ssrc++)
        {
            Assert.Equal(SrtpError.None, pair.Unprotect(pair.Protect(Pair.Rtp(1, ssrc))));
        }

        using var other = new Pair(SrtpProfile.AeadAes128Gcm);
        var further = other.Protect(Pair.Rtp(1, 5_000));
        Assert.Empty(pair.Protect(Pair.Rtp(1, 5_000)));
        Assert.Empty(pair.ProtectRtcp(Pair.Rtcp(5_000)));
        Assert.Equal(SrtpError.TooManySources, pair.Unprotect(further));
        Assert.Equal(SrtpError.TooManySources, pair.UnprotectRtcp(other.ProtectRtcp(Pair.Rtcp(5_000))));
        Assert.Equal(SrtpContext.MaxSources, pair.Inbound.SourceCount);

        Assert.True(pair.Inbound.Remove(3));
        Assert.False(pair.Inbound.Remove(3));
        Assert.Equal(SrtpError.None, pair.Unprotect(further));
    }

    [Fact]
    public void Key_AtTheEndOfItsLife_ProtectsTheLastPacketAndNoMore()
    {
        using var pair = new Pair(SrtpProfile.AeadAes256Gcm);
        pair.Outbound.Restore(1, Source.MaxRtpIndex - 1, Source.MaxRtcpIndex);
        pair.Inbound.Restore(1, Source.MaxRtpIndex - 1, 0);
        var last = pair.Protect(Pair.Rtp(0xFFFF));
        Assert.Equal(SrtpError.None, pair.Unprotect(last));
        Assert.Equal(SrtpError.None, pair.UnprotectRtcp(pair.ProtectRtcp(Pair.Rtcp())));

        Assert.Empty(pair.Protect(Pair.Rtp(0)));
        Assert.Empty(pair.ProtectRtcp(Pair.Rtcp()));
        Assert.Equal(2, pair.Outbound.ErrorCount(SrtpError.KeyExhausted));
        Assert.Equal(SrtpError.KeyExhausted, pair.Unprotect(Pair.Rtp(0)));
    }

    [Theory]
    [MemberData(nameof(Pair.Profiles), MemberType = typeof(Pair))]
    public void SteadyState_ManyPackets_AllocatesNothing(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var buffer = new byte[1300];
        var rtp = Pair.Rtp(0, payload: 1188);
        var rtcp = Pair.Rtcp();
        ushort sequenceNumber = 0;
        void Turns(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Turn();
            }
        }

        void Turn()
        {
            rtp.CopyTo(buffer, 0);
            buffer[2] = (byte)(++sequenceNumber >> 8);
            buffer[3] = (byte)sequenceNumber;
            Assert.True(pair.Inbound.TryUnprotectRtp(buffer.AsSpan(0, pair.Outbound.ProtectRtp(buffer, 1200)), out _, out _));
            rtcp.CopyTo(buffer, 0);
            Assert.True(pair.Inbound.TryUnprotectRtcp(buffer.AsSpan(0, pair.Outbound.ProtectRtcp(buffer, rtcp.Length)), out _, out _));
        }

        Turns(1);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(300)));
    }

    [Fact]
    public void Misuse_IsAnException()
    {
        var profile = SrtpProfile.AeadAes128Gcm;
        Assert.Throws<ArgumentException>(() => new SrtpContext(profile, new byte[15], new byte[12]));
        Assert.Throws<ArgumentException>(() => new SrtpContext(profile, new byte[16], new byte[14]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SrtpContext((SrtpProfile)5, new byte[16], new byte[14]));
        Assert.False(((SrtpProfile)5).IsSupported);
        Assert.Throws<ArgumentException>(() => SrtpContext.FromKeyingMaterial(profile, new byte[55], isClient: true));
        var context = new SrtpContext(profile, new byte[16], new byte[12]);
        Assert.Throws<ArgumentException>(() => context.ProtectRtp(new byte[100], 90));
        Assert.Throws<ArgumentException>(() => context.ProtectRtcp(new byte[100], -1));
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(() => context.ProtectRtp(new byte[100], 20));
        Assert.Throws<ObjectDisposedException>(() => context.TryUnprotectRtp(new byte[100], out _, out _));
    }
}
