using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Sctp.Tests;

public class AllocationTests
{
    [Theory]
    [InlineData(100, 1160, false)]
    [InlineData(1000, 1160, false)]
    [InlineData(65_536, 1160, false)]
    [InlineData(65_536, 1160, true)]
    [InlineData(65_536, SctpAssociation.LargestPacket, true)]
    [InlineData(100, 1160, true, CongestionControl.Bbr)]
    [InlineData(65_536, 1160, false, CongestionControl.Bbr)]
    [InlineData(65_536, SctpAssociation.LargestPacket, true, CongestionControl.Bbr)]
    public void SteadyState_BothWays_AllocatesNothing(
        int size, int packet, bool interleaving, CongestionControl control = CongestionControl.Cubic)
    {
        var flow = new Flow(size, packet, interleaving, control);
        flow.Run(400);

        Assert.Equal(0, SteadyState.Allocates(() => flow.Run(200)));
        Assert.True(flow.Received > 0);
    }

    /// <summary>Two ends joined without a wire; each sends to the other, an answered packet a millisecond later.</summary>
    private sealed class Flow
    {
        private readonly SctpAssociation _a;
        private readonly SctpAssociation _b;
        private readonly byte[] _buffer = new byte[SctpAssociation.LargestPacket];
        private readonly byte[] _message;
        private Instant _now = Instant.FromNanoseconds(1);

        public Flow(int size, int packet, bool interleaving, CongestionControl control)
        {
            var options = new SctpOptions { MaxDiscoveredPacketSize = packet, Interleaving = interleaving, CongestionControl = control };
            _a = new SctpAssociation(options, RandomSource.Seeded(1), NullLogger.Instance);
            _b = new SctpAssociation(options, RandomSource.Seeded(2), NullLogger.Instance);
            _message = new byte[size];
            _a.Connect(_now);
            for (var turn = 0; turn < 10; turn++)
            {
                Move(_a, _b);
                Move(_b, _a);
            }

            Assert.Equal(SctpState.Established, _a.State);
        }

        public int Received { get; private set; }

        public void Run(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                for (var count = 0; count < 4; count++)
                {
                    _a.Send(new StreamId(1), PayloadProtocolId.Binary, _message, default, _now);
                    _b.Send(new StreamId(2), PayloadProtocolId.Binary, _message, new SctpSendOptions { Unordered = true }, _now);
                }

                for (var turn = 0; turn < 20; turn++)
                {
                    _now += TimeSpan.FromMilliseconds(1);
                    Move(_a, _b);
                    Move(_b, _a);
                }
            }
        }

        private void Move(SctpAssociation from, SctpAssociation to)
        {
            from.Advance(_now);
            while (from.Transmit(_buffer, _now) is var length and > 0)
            {
                to.Receive(_buffer.AsSpan(0, length), _now);
            }

            while (to.TryRead(out var happened))
            {
                Received += happened.Kind == SctpEventKind.MessageReceived ? 1 : 0;
            }

            while (from.TryRead(out _))
            {
            }
        }
    }
}
