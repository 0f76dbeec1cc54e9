using Parley.Net;

namespace Parley.Srtp.Tests;

/// <summary>
/// More sources than a context knows in full: new ones are heard, old ones come back, nothing is replayed (RFC 3711 §3.2.3, §3.3.2).
/// </summary>
public sealed class SourceTableTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(11);

    public static TheoryData<SrtpProfile> Profiles() => Pair.Profiles();

    [Theory]
    [MemberData(nameof(Profiles))]
    public void NewSource_WhenOldOnesAreIdle_IsHeard(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        Fill(pair);
        var further = new Sender(profile, 5_000);
        Assert.Equal(SrtpError.TooManySources, pair.Unprotect(further.Rtp(1)));
        pair.Inbound.Now += Idle;
        Assert.Equal(SrtpError.None, pair.Unprotect(further.Rtp(2)));
        Assert.Equal(SrtpError.None, pair.UnprotectRtcp(further.Rtcp()));
        Assert.Equal((SrtpContext.MaxSources, 1), (pair.Inbound.SourceCount, pair.Inbound.DepartedSourceCount));
        Assert.Equal(1, pair.Inbound.ErrorCount(SrtpError.TooManySources));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void SourceThatMadeRoom_ItsPacketsAreReplayed_AllAreRefused(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var old = new Sender(profile, 5_000);
        var packets = Enumerable.Range(0, 40).Select(i => old.Rtp((ushort)(0xFFF0 + i))).ToArray();
        var reports = Enumerable.Range(0, 5).Select(_ => old.Rtcp()).ToArray();
        Assert.All(packets.Where((_, i) => i % 2 == 0), packet => Assert.Equal(SrtpError.None, pair.Unprotect(packet)));
        Assert.All(reports[..^1], report => Assert.Equal(SrtpError.None, pair.UnprotectRtcp(report)));
        MakeItDepart(pair, profile);

        // What came, what never came though it is older, alone and many together.
        Assert.All(packets[..^1], packet => Assert.NotEqual(SrtpError.None, pair.Unprotect(packet)));
        Assert.All(reports[..^1], report => Assert.NotEqual(SrtpError.None, pair.UnprotectRtcp(report)));
        Assert.All(Together(pair, packets[..^1]), error => Assert.NotEqual(SrtpError.None, error));

        // It comes back with newer packets, past the roll-over; then too nothing is replayed.
        pair.Inbound.Now += Idle;
        Assert.Equal(SrtpError.None, pair.Unprotect(packets[^1]));
        Assert.Equal(SrtpError.None, pair.UnprotectRtcp(reports[^1]));
        Assert.All(packets, packet => Assert.NotEqual(SrtpError.None, pair.Unprotect(packet)));
        Assert.All(reports, report => Assert.NotEqual(SrtpError.None, pair.UnprotectRtcp(report)));
        Assert.Equal(SrtpError.None, pair.Unprotect(old.Rtp(60)));
        Assert.Equal(SrtpError.None, pair.Unprotect(old.Rtp(50)));
    }

    [Fact]
    public void SourcesInUse_StayWhoeverFloods()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        var used = new Sender(SrtpProfile.AeadAes128Gcm, 7_000_000);
        Assert.Equal(SrtpError.None, pair.Unprotect(used.Rtp(0)));
        pair.Inbound.IsInUse = static ssrc => ssrc == 7_000_000;
        Flood(pair, SrtpProfile.AeadAes128Gcm, 5);
        Assert.True(pair.Inbound.DepartedSourceCount > 3_000);
        Assert.True(pair.Inbound.ErrorCount(SrtpError.TooManySources) > 0);
        Assert.Equal(SrtpError.None, pair.Unprotect(used.Rtp(2)));
        Assert.Equal(SrtpError.None, pair.Unprotect(used.Rtp(1)));
    }

    [Fact]
    public void SourceOfADescription_HasItsPlaceInTheMidstOfAFlood()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        Fill(pair);
        var named = new Sender(SrtpProfile.AeadAes128Gcm, 5_000);
        Assert.Equal(SrtpError.TooManySources, pair.Unprotect(named.Rtp(1)));
        Assert.True(pair.Inbound.Reserve(5_000));
        Assert.Equal(SrtpError.None, pair.Unprotect(named.Rtp(2)));
        Assert.Equal(SrtpContext.MaxSources, pair.Inbound.SourceCount);
        pair.Inbound.IsInUse = static _ => true;
        Assert.False(pair.Inbound.Reserve(6_000));
    }

    [Fact]
    public void FullTable_PacketsThatAreNotAuthentic_MoveNothing()
    {
        using var pair = new Pair(SrtpProfile.Aes128CmHmacSha1With80BitTag);
        Fill(pair);
        pair.Inbound.Now += Idle;
        for (var ssrc = 10_000u; ssrc < 10_100; ssrc++)
        {
            Assert.Equal(SrtpError.AuthenticationFailed, pair.Unprotect(Pair.Rtp(1, ssrc)));
        }

        Assert.Equal((SrtpContext.MaxSources, 0), (pair.Inbound.SourceCount, pair.Inbound.DepartedSourceCount));
    }

    [Fact]
    public void Departed_AreBoundedToo()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        Flood(pair, SrtpProfile.AeadAes128Gcm, SrtpContext.MaxDepartedSources / SrtpContext.MaxSources + 3);
        Assert.Equal(SrtpContext.MaxDepartedSources, pair.Inbound.DepartedSourceCount);
        Assert.Equal(SrtpContext.MaxSources, pair.Inbound.SourceCount);

        // What is known is heard all the same.
        pair.Inbound.Now += Idle;
        Assert.Equal(SrtpError.TooManySources, pair.Unprotect(new Sender(SrtpProfile.AeadAes128Gcm, 0xFFFF_0000).Rtp(1)));
    }

    private static void Fill(Pair pair)
    {
        for (var ssrc = 0u; ssrc < SrtpContext.MaxSources; ssrc++)
        {
            Assert.Equal(SrtpError.None, pair.Unprotect(pair.Protect(Pair.Rtp(1, ssrc))));
        }
    }

    private static void MakeItDepart(Pair pair, SrtpProfile profile)
    {
        pair.Inbound.Now += Idle;
        Flood(pair, profile, 1);
        Assert.Equal((SrtpContext.MaxSources, 1), (pair.Inbound.SourceCount, pair.Inbound.DepartedSourceCount));
    }

    /// <summary>A thousand new sources a round, each round when those before are idle.</summary>
    private static void Flood(Pair pair, SrtpProfile profile, int rounds)
    {
        for (var round = 0u; round < rounds; round++)
        {
            // One sender's context knows no more sources than that.
            using var sender = new Sender(profile, 0);
            for (var i = 0u; i < SrtpContext.MaxSources; i++)
            {
                pair.Unprotect(sender.Rtp(1, 1_000_000 + round * SrtpContext.MaxSources + i));
            }

            pair.Inbound.Now += Idle;
        }
    }

    private static SrtpError[] Together(Pair pair, byte[][] packets)
    {
        var buffer = packets.SelectMany(packet => packet).ToArray();
        var (entries, at) = (new SrtpPacket[packets.Length], 0);
        for (var i = 0; i < packets.Length; at += packets[i++].Length)
        {
            entries[i] = new SrtpPacket { Offset = at, Length = packets[i].Length };
        }

        pair.Inbound.Unprotect(buffer, entries);
        return [.. entries.Select(entry => entry.Error)];
    }

    /// <summary>A sender under the pair's key, one source at a time.</summary>
    private sealed class Sender(SrtpProfile profile, uint ssrc) : IDisposable
    {
        private readonly Pair _pair = new(profile);

        public byte[] Rtp(ushort sequenceNumber) => _pair.Protect(Pair.Rtp(sequenceNumber, ssrc));

        public byte[] Rtp(ushort sequenceNumber, uint of) => _pair.Protect(Pair.Rtp(sequenceNumber, of));

        public byte[] Rtcp() => _pair.ProtectRtcp(Pair.Rtcp(ssrc));

        public void Dispose() => _pair.Dispose();
    }
}
