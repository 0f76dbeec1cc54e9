using System.Net;
using System.Net.Sockets;

namespace Parley.Net.Tests;

public class UdpSocketTests
{
    public static TheoryData<string, bool> Paths => new()
    {
        { "127.0.0.1", true },
        { "127.0.0.1", false },
        { "::1", true },
        { "::1", false },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Received_EachDatagram_HasTheTimeOfItsArrival(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        using var receiver = Bind(address, batching);
        var outgoing = new DatagramBatch();
        for (var i = 0; i < 8; i++)
        {
            Assert.True(outgoing.TryAdd(new byte[100 + i], receiver.LocalAddress));
        }

        // Twice: from the second time on the kernel notes the times, where it does.
        for (var round = 0; round < 2; round++)
        {
            var before = Instant.Now(TimeProvider.System);
            Assert.Equal(8, sender.Send(outgoing));
            var received = new DatagramBatch();
            new Waiter().ReceiveAll(receiver, received, 8);
            var after = Instant.Now(TimeProvider.System);

            // The wall clock counts in steps of 100 ns, and may be slewed against the other.
            Assert.All(
                Enumerable.Range(0, 8),
                i => Assert.InRange(received.ArrivedAt(i).Nanoseconds, before.Nanoseconds - 50_000, after.Nanoseconds));
        }
    }

    [Fact]
    public void Received_DatagramsThatWaited_HaveTheTimeOfTheirArrivalNotOfTheirReading()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the clock is read when datagrams are");
        using var sender = Bind("127.0.0.1", batching: true);
        using var receiver = Bind("127.0.0.1", batching: true);
        var outgoing = new DatagramBatch();
        for (var i = 0; i < 8; i++)
        {
            Assert.True(outgoing.TryAdd(new byte[100 + i], receiver.LocalAddress));
        }

        // Who has found many datagrams waiting asks the kernel for their times, which it notes a moment later.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            sender.Send(outgoing);
            var sent = Instant.Now(TimeProvider.System);
            Thread.Sleep(50);
            var received = new DatagramBatch();
            new Waiter().ReceiveAll(receiver, received, 8);
            if (Enumerable.Range(0, 8).All(i => received.ArrivedAt(i) <= sent))
            {
                return;
            }
        }

        Assert.Fail("The times are those of the reading.");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Send_RunsOfManySizesToTwoRemotes_AllArriveWholeAndInOrder(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        using var first = Bind(address, batching);
        using var second = Bind(address, batching);
        var random = RandomSource.Seeded(1);
        var outgoing = new DatagramBatch(256 * 1024, 256);
        var expected = new List<byte[]>[] { [], [] };
        int[] sizes = [1200, 1200, 1200, 1200, 700, 100, 1200, 0, 1, 1, 1, 1400, 1400, 1400, 1400];
        for (var i = 0; i < 90; i++)
        {
            var datagram = new byte[sizes[i % sizes.Length]];
            random.Fill(datagram);
            var which = i / 20 % 2;
            expected[which].Add(datagram);
            Assert.True(outgoing.TryAdd(datagram, which == 0 ? first.LocalAddress : second.LocalAddress));
        }

        Assert.Equal(90, sender.Send(outgoing));
        for (var which = 0; which < 2; which++)
        {
            var received = new DatagramBatch(1024 * 1024, 1024);
            new Waiter().ReceiveAll(which == 0 ? first : second, received, expected[which].Count);
            Assert.Equal(expected[which].Count, received.Count);
            for (var i = 0; i < received.Count; i++)
            {
                Assert.Equal(expected[which][i], received.Datagram(i).ToArray());
                Assert.Equal(sender.LocalAddress, received.Remote(i));
            }
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Send_LongRunOnLinux_LeavesInSegmentsOfOneMessage(string address)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "segmentation offload is Linux's");
        using var sender = Bind(address, batching: true);
        using var receiver = Bind(address, batching: true);
        var outgoing = Fill(receiver.LocalAddress, 100, 1200);

        Assert.Equal(100, sender.Send(outgoing));
        var received = new DatagramBatch(512 * 1024, 512);
        new Waiter().ReceiveAll(receiver, received, 100);
        Assert.Equal(100, received.Count);
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(outgoing.Datagram(i).SequenceEqual(received.Datagram(i))));
        Assert.True(((UdpSocket)sender).IsSegmenting);
    }

    [Fact]
    public void Send_SegmentsLargerThanTheMtuCarries_ArriveAllTheSame()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "segmentation offload is Linux's");
        using var sender = Bind("127.0.0.1", batching: true);
        using var receiver = Bind("127.0.0.1", batching: true);
        var outgoing = new DatagramBatch(256 * 1024, 16);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(outgoing.TryAdd(new byte[40_000], receiver.LocalAddress));
        }

        Assert.Equal(4, sender.Send(outgoing));
        var received = new DatagramBatch(512 * 1024, 512);
        new Waiter().ReceiveAll(receiver, received, 4);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(40_000, received.Length(i)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Send_TooLargeOrToTheWrongFamily_IsTakenAndLost(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        using var receiver = Bind(address, batching);
        var outgoing = new DatagramBatch(256 * 1024, 16);
        Assert.True(outgoing.TryAdd(new byte[65_535], receiver.LocalAddress));
        Assert.True(outgoing.TryAdd(new byte[10], new TransportAddress(address == "::1" ? IPAddress.Loopback : IPAddress.IPv6Loopback, 9)));
        Assert.True(outgoing.TryAdd([1, 2, 3], receiver.LocalAddress));

        Assert.Equal(3, sender.Send(outgoing));
        var received = new DatagramBatch();
        new Waiter().ReceiveAll(receiver, received, 1);
        Assert.Equal([1, 2, 3], received.Datagram(0).ToArray());
        Assert.Equal(1, received.Count);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Ecn_SetBySender_IsSeenByReceiver(string address)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ECN bits are carried on Linux");
        using var sender = Bind(address, batching: true);
        using var receiver = Bind(address, batching: true);
        var outgoing = new DatagramBatch();
        byte[] codes = [0, 1, 1, 2, 3, 0];
        foreach (var code in codes)
        {
            Assert.True(outgoing.TryAdd([code, 0], receiver.LocalAddress, code));
        }

        Assert.Equal(codes.Length, sender.Send(outgoing));
        var received = new DatagramBatch();
        new Waiter().ReceiveAll(receiver, received, codes.Length);
        Assert.All(Enumerable.Range(0, codes.Length), i => Assert.Equal(received.Datagram(i)[0], received.Ecn(i)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Receive_IntoABatchTooSmallForOffload_LosesNothing(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        using var receiver = Bind(address, batching);
        var small = new DatagramBatch(8192, 4);
        Assert.Equal(0, receiver.Receive(small));
        sender.Send(Fill(receiver.LocalAddress, 20, 1000));

        var waiter = new Waiter();
        var seen = new List<int>();
        while (seen.Count < 20)
        {
            if (receiver.Receive(small) == 0)
            {
                receiver.NotifyWhenReadable(waiter);
                waiter.Wait();
            }

            Assert.InRange(small.Count, 0, 4);
            seen.AddRange(Enumerable.Range(0, small.Count).Select(i => (int)small.Datagram(i)[0]));
            small.Clear();
        }

        Assert.Equal(Enumerable.Range(0, 20), seen);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Send_ToAClosedPort_IsNoErrorForLaterTraffic(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        TransportAddress closed;
        using (var gone = Bind(address, batching))
        {
            closed = gone.LocalAddress;
        }

        using var receiver = Bind(address, batching);
        Assert.Equal(2, sender.Send(Fill(closed, 2, 100)));
        Assert.Equal(0, sender.Receive(new DatagramBatch()));
        Assert.Equal(1, sender.Send(Fill(receiver.LocalAddress, 1, 100)));
        new Waiter().ReceiveAll(receiver, new DatagramBatch(), 1);
    }

    [Fact]
    public void NotifyWhenReadable_AskedTwice_WakesOncePerRequestThatWasPending()
    {
        using var sender = Bind("127.0.0.1", batching: true);
        using var receiver = Bind("127.0.0.1", batching: true);
        var waiter = new Waiter();
        receiver.NotifyWhenReadable(waiter);
        receiver.NotifyWhenReadable(waiter);
        sender.Send(Fill(receiver.LocalAddress, 1, 10));
        waiter.Wait();
        Assert.Equal(1, waiter.Count);

        // Nothing was read: the next request is answered at once.
        receiver.NotifyWhenReadable(waiter);
        waiter.Wait();
        Assert.Equal(2, waiter.Count);
        Assert.Equal(1, receiver.Receive(new DatagramBatch()));
    }

    [Fact]
    public void NotifyWhenReadable_WhatIsWokenBlocks_EveryOtherSocketIsStillLookedAfter()
    {
        using var sender = Bind("127.0.0.1", batching: true);
        using var gate = new ManualResetEventSlim();
        var sockets = Enumerable.Range(0, Environment.ProcessorCount + 8).Select(_ => Bind("127.0.0.1", batching: true)).ToArray();
        var blockers = sockets.Select(_ => new Blocker(gate)).ToArray();
        try
        {
            foreach (var (socket, blocker) in sockets.Zip(blockers))
            {
                socket.NotifyWhenReadable(blocker);
                sender.Send(Fill(socket.LocalAddress, 1, 10));
                blocker.Waiter.Wait();
            }

            Assert.False(gate.IsSet);
            Assert.True(blockers[^1].WasAskedToHandOver || !OperatingSystem.IsLinux());
        }
        finally
        {
            gate.Set();
            Array.ForEach(sockets, static socket => socket.Dispose());
        }
    }

    [Fact]
    public void NotifyWhenReadable_WhatIsWokenLeavesContextsBehind_TheNextFindsNone()
    {
        using var sender = Bind("127.0.0.1", batching: true);
        using var receiver = Bind("127.0.0.1", batching: true);
        var litterer = new Litterer();
        for (var i = 0; i < 50; i++)
        {
            receiver.NotifyWhenReadable(litterer);
            sender.Send(Fill(receiver.LocalAddress, 1, 10));
            litterer.Waiter.Wait();
            Assert.Equal(1, receiver.Receive(new DatagramBatch()));
        }

        Assert.False(litterer.FoundSomething);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Dispose_WhileWaiting_EverythingAnswersQuietly(string address, bool batching)
    {
        var socket = Bind(address, batching);
        var waiter = new Waiter();
        socket.NotifyWhenReadable(waiter);
        socket.Dispose();
        socket.Dispose();

        Assert.Equal(0, socket.Receive(new DatagramBatch()));
        Assert.Equal(1, socket.Send(Fill(socket.LocalAddress, 1, 10)));
        socket.NotifyWhenReadable(waiter);
        Assert.Equal(0, waiter.Count);
    }

    [Fact]
    public void Bind_SamePortInBothFamilies_BothSucceed()
    {
        using var v6 = UdpNetwork.Default.Bind(new TransportAddress(IPAddress.IPv6Any, 0));
        using var v4 = UdpNetwork.Default.Bind(new TransportAddress(IPAddress.Any, v6.LocalAddress.Port));
        Assert.Equal(v6.LocalAddress.Port, v4.LocalAddress.Port);
    }

    [Fact]
    public void Bind_TakenPort_Throws()
    {
        using var first = Bind("127.0.0.1", batching: true);
        Assert.Throws<SocketException>(() => UdpNetwork.Default.Bind(first.LocalAddress));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void SendAndReceive_SteadyState_AllocateNothing(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        using var receiver = Bind(address, batching);
        var outgoing = Fill(receiver.LocalAddress, 40, 1200);
        var incoming = new DatagramBatch();
        void Turns(int count)
        {
            for (var turn = 0; turn < count; turn++)
            {
                sender.Send(outgoing);
                for (var received = 0; received < 40;)
                {
                    // Loopback delivers within the sender's call, so that there is always something to read.
                    received += receiver.Receive(incoming);
                    incoming.Clear();
                }
            }
        }

        Turns(50);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(200)));
    }

    [Fact]
    public void NotifyWhenReadable_SteadyState_AllocatesNothingOnTheCallersThread()
    {
        using var sender = Bind("127.0.0.1", batching: true);
        using var receiver = Bind("127.0.0.1", batching: true);
        var outgoing = Fill(receiver.LocalAddress, 1, 100);
        var incoming = new DatagramBatch();
        var waiter = new Spin();
        void Turns(int count)
        {
            for (var turn = 0; turn < count; turn++)
            {
                waiter.Woken = false;
                receiver.NotifyWhenReadable(waiter);
                sender.Send(outgoing);
                while (!waiter.Woken)
                {
                    Thread.Yield();
                }

                receiver.Receive(incoming);
                incoming.Clear();
            }
        }

        Turns(50);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(200)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Datagram_OfARecordsSize_PassesAndOneLargerThanUdpTakesIsLostAlone(string address, bool batching)
    {
        using var sender = Bind(address, batching);
        using var receiver = Bind(address, batching);
        Assert.True(sender.DontFragment);
        var batch = new DatagramBatch();
        var record = new byte[16_421];
        Random.Shared.NextBytes(record);
        Assert.True(batch.TryAdd(record, receiver.LocalAddress));
        Assert.True(batch.TryAdd(new byte[65_520], receiver.LocalAddress));
        Assert.True(batch.TryAdd(record, receiver.LocalAddress));
        Assert.Equal(3, sender.Send(batch));
        Assert.Equal(65_520, sender.TakeTooLarge());
        Assert.Equal(0, sender.TakeTooLarge());

        var arrived = new DatagramBatch();
        new Waiter().ReceiveAll(receiver, arrived, 2);
        Assert.Equal(record, arrived.Datagram(0).ToArray());
        Assert.Equal(record, arrived.Datagram(arrived.Count - 1).ToArray());
    }

    private static IDatagramSocket Bind(string address, bool batching) =>
        new UdpNetwork(new UdpNetworkOptions { Batching = batching }).Bind(new TransportAddress(IPAddress.Parse(address), 0));

    private static DatagramBatch Fill(TransportAddress remote, int count, int size)
    {
        var batch = new DatagramBatch(count * size, count);
        for (var i = 0; i < count; i++)
        {
            var datagram = batch.Reserve(size);
            datagram.Fill((byte)i);
            batch.Commit(size, remote);
        }

        return batch;
    }

    /// <summary>Blocks the thread that it may run on, until the gate is open.</summary>
    private sealed class Blocker(ManualResetEventSlim gate) : IWakeable
    {
        public Waiter Waiter { get; } = new();

        public bool WasAskedToHandOver { get; private set; }

        public void Wake()
        {
            WasAskedToHandOver = true;
            Waiter.Wake();
        }

        public void WakeHere()
        {
            Waiter.Wake();
            gate.Wait();
        }
    }

    /// <summary>Leaves a context and a value for its flow on the thread that it may run on.</summary>
    private sealed class Litterer : IWakeable
    {
        private readonly AsyncLocal<string?> _local = new();

        public Waiter Waiter { get; } = new();

        public bool FoundSomething { get; private set; }

        public void Wake() => Waiter.Wake();

        public void WakeHere()
        {
            FoundSomething |= _local.Value is not null || SynchronizationContext.Current is not null;
            _local.Value = "litter";
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            Waiter.Wake();
        }
    }

    private sealed class Spin : IWakeable
    {
        public volatile bool Woken;

        public void Wake() => Woken = true;
    }
}
