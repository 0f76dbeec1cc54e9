using System.Buffers.Binary;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests;

/// <summary>What a hostile peer may make the channels hold.</summary>
public class DataChannelAttackTests
{
    [Fact]
    public void PartsOfMessages_OnManyChannels_HaveOneAccount()
    {
        var attacker = WithChannels();
        for (ushort stream = 0; stream < 200; stream++)
        {
            attacker.OpenChannel(stream, 0);
            for (ushort part = 1; part <= 20; part++)
            {
                attacker.Data(stream, part, 12_000, stream % 2 == 0 ? 52u : 54u);
                attacker.Send();
            }
        }

        // 200 · 240,000 bytes have come; two messages and a mebibyte are kept, and none was delivered.
        Assert.NotEqual(0, attacker.Victim.Channels!.Statistics.MessagesDropped);
        Assert.DoesNotContain(attacker.Victim.ChannelEvents, told => told.Kind == DataChannelEventKind.MessageReceived);
        Assert.InRange(attacker.Victim.Channels.HeldByParts, 1, 2 * 256 * 1024 + 2 * 1024 * 1024);
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(22, 0)]
    public void PartsOfAMessage_TogetherLargerThanOneMayBe_AreDropped(int parts, int delivered)
    {
        var attacker = WithChannels();
        attacker.OpenChannel(0, 0);
        for (ushort part = 1; part < parts; part++)
        {
            attacker.Data(0, part, 12_000, 52);
        }

        attacker.Data(0, (ushort)parts, 12_000);
        attacker.Send();
        Assert.Equal(delivered, attacker.Victim.ChannelEvents.Count(told => told.Kind == DataChannelEventKind.MessageReceived));
        Assert.Equal(1 - delivered, attacker.Victim.Channels!.Statistics.MessagesDropped);
        Assert.Equal(0, attacker.Victim.Channels.HeldByParts);
    }

    [Fact]
    public void MessagesForNoChannel_AreChargedForTheirStreams()
    {
        var attacker = WithChannels();
        for (ushort stream = 0; stream < 60_000; stream++)
        {
            attacker.Data(stream, 0);
        }

        attacker.Send();
        Assert.InRange(attacker.Victim.Channels!.Statistics.MessagesDropped, 55_000, 57_000);
    }

    [Fact]
    public void LargeLabels_AreRefusedBeyondTheirBound()
    {
        var attacker = WithChannels();
        var label = new string('l', 65_000);
        for (ushort stream = 0; stream < 400; stream++)
        {
            attacker.OpenChannel(stream, 0, label);
        }

        attacker.Send();
        var announced = attacker.Victim.ChannelEvents.Count(told => told.Kind == DataChannelEventKind.ChannelAnnounced);
        Assert.InRange(announced, 250, 260);
        Assert.Equal(400 - announced, attacker.Victim.Channels!.Statistics.AnnouncementsRefused);
    }

    [Fact]
    public void Announcements_BeyondTheStreams_AreNotTaken()
    {
        var attacker = WithChannels(new SctpOptions { Streams = 1024 });
        for (ushort stream = 0; stream < 5000; stream++)
        {
            attacker.OpenChannel(stream, 0);
        }

        attacker.Send();
        Assert.Equal(1024, attacker.Victim.Channels!.Count);
        Assert.Equal(SctpState.Established, attacker.Association.State);
    }

    [Fact]
    public void ResetOfAll_ReachesAChannelThatNothingEverCameOn()
    {
        var attacker = WithChannels();
        var channel = attacker.Victim.Channels!.Open(new DataChannelParameters { Negotiated = true, Id = 7 });
        attacker.Victim.Read();
        attacker.Reset().Send();
        Assert.Contains(attacker.Victim.ChannelEvents, told => told.Kind == DataChannelEventKind.ChannelClosing && told.Channel == channel);
    }

    [Theory]
    [InlineData(false)] // Silence.
    [InlineData(true)] // "In progress".
    public void Close_NeverAcknowledged_EndsWhileTheAssociationLives(bool isPostponed)
    {
        var attacker = WithChannels();
        var channel = attacker.Victim.Channels!.Open(new DataChannelParameters { Negotiated = true, Id = 7 });
        attacker.Victim.Read();
        attacker.Pair.Filter = (side, packet) =>
        {
            if (side != attacker.Victim || !Chunks.Has(packet, ChunkType.Reconfig))
            {
                return true;
            }

            var request = Chunks.ValueOf(packet, ChunkType.Reconfig);
            if (isPostponed && BinaryPrimitives.ReadUInt16BigEndian(request) == (ushort)ReconfigParameterType.OutgoingReset)
            {
                Span<byte> answer = [0, 16, 0, 12, .. request.AsSpan(4, 4), 0, 0, 0, 6];
                attacker.Association.Receive(Chunks.Packet(attacker.Tag, ChunkType.Reconfig, 0, answer.ToArray()), attacker.Pair.Now);
            }

            return false;
        };
        attacker.Victim.Channels.Close(channel);
        for (var second = 0; second < 1200 && attacker.Victim.Channels.Count > 0; second++)
        {
            // Anything else is answered, so that the peer does not count as gone.
            attacker.Pair.A.Association.Send(new StreamId(1), PayloadProtocolId.Binary, [1], default, attacker.Pair.Now);
            attacker.Association.Send(new StreamId(2), PayloadProtocolId.Binary, [1], default, attacker.Pair.Now);
            attacker.Pair.RunFor(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(SctpState.Established, attacker.Association.State);
        Assert.Contains(attacker.Victim.ChannelEvents, told => told.Kind == DataChannelEventKind.ChannelClosed && told.Channel == channel);
        Assert.Equal(1, attacker.Statistics.StreamResetsAbandoned);
    }

    private static Attacker WithChannels(SctpOptions? options = null) => new(options, channels: true);
}
