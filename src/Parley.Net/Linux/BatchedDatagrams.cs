using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parley.Net.Linux;

/// <summary>
/// Datagrams of one socket in batches: a run of equal size to one remote leaves as one message that the kernel or the interface
/// cuts up (UDP_SEGMENT), messages leave together (sendmmsg), and what came from one remote comes back as one buffer (UDP_GRO).
/// What the kernel refuses is given up on for this socket; nothing is allocated.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe class BatchedDatagrams
{
    /// <summary>What udp(7) takes at the most in one segmented message, before Linux 6.9.</summary>
    private const int MaxSegments = 64;

    /// <summary>The payload that fits one IP packet of either family, which a segmented message is until it is cut.</summary>
    private const int MaxRunBytes = 65_535 - 48;

    /// <summary>What every path carries in one piece: IPv6's least MTU less its headers.</summary>
    private const int SmallestMtuPayload = 1280 - 48;

    /// <summary>
    /// From how many datagrams found waiting on the kernel shall hand over runs of them. Asking for it costs as much as ten datagrams where
    /// no other socket of the machine has asked (udp(7) does not say: the kernel then rewrites its own code on all cores, and again when
    /// the last such socket is closed), and most of a connection's sockets are only ever checked by ICE.
    /// </summary>
    private const int OffloadFrom = 4;

    private const int MessagesPerCall = 16;
    // ECN, the size of segments, and the time: 24, 24 and 32 bytes.
    private const int ControlBytes = 96;

    private readonly SafeSocketHandle _socket;
    private readonly bool _isV6;
    private readonly ArrivalClock _clock;
    private bool _receiveOffload;
    private bool _mayOffload = true;
    private int _tooLarge;
    private int _largestSegment = int.MaxValue;

    internal BatchedDatagrams(SafeSocketHandle socket, AddressFamily family, TimeProvider clock)
    {
        _clock = new ArrivalClock(clock);
        _socket = socket;
        _isV6 = family == AddressFamily.InterNetworkV6;
        IsSegmenting = true;
        if (_isV6)
        {
            SetOption(Libc.SolIpv6, Libc.Ipv6RecvTrafficClass, 1);
        }
        else
        {
            SetOption(Libc.SolIp, Libc.IpRecvTos, 1);
        }
    }

    /// <summary>Whether the kernel still takes segmented messages from this socket.</summary>
    internal bool IsSegmenting { get; private set; }

    /// <summary>Whether the kernel hands over runs of datagrams.</summary>
    internal bool IsOffloading => _receiveOffload;

    /// <summary>As <see cref="IDatagramSocket.TakeTooLarge"/>.</summary>
    internal int TakeTooLarge()
    {
        var length = _tooLarge;
        _tooLarge = 0;
        return length;
    }

    internal int Receive(DatagramBatch batch)
    {
        var received = 0;
        _clock.Begin();
        while (HasRoom(batch))
        {
            var count = ReceiveMessage(batch);
            if (count < 0)
            {
                break;
            }

            received += count;
        }

        if (received >= OffloadFrom && _mayOffload && IsLargeEnough(batch))
        {
            _mayOffload = false;
            _receiveOffload = SetOption(Libc.SolUdp, Libc.UdpGro, 1);

            // For the same reason as offload asked for only here: until the first socket of the machine asks, the kernel notes no times.
            if (Environment.Is64BitProcess)
            {
                SetOption(Libc.SolSocket, Libc.TimestampNanoseconds, 1);
            }
        }

        return received;
    }

    /// <summary>Sends from <paramref name="start"/> on; how many datagrams were taken.</summary>
    internal int Send(DatagramBatch batch, int start)
    {
        var index = start;
        while (index < batch.Count)
        {
            var sent = SendMessages(batch, index, batch.Count, IsSegmenting, out var error);
            index += sent;
            if (error is 0 or Libc.Interrupted)
            {
                continue;
            }

            if (error is Libc.TryAgain or Libc.NoBufferSpace)
            {
                break;
            }

            index += SendRefused(batch, index, error);
        }

        return index - start;
    }

    /// <summary>Whether another message fits. A batch too small for a whole offloaded run is not worth the offload.</summary>
    private bool HasRoom(DatagramBatch batch)
    {
        if (batch.HasRoomForRun)
        {
            return true;
        }

        if (_receiveOffload && !IsLargeEnough(batch))
        {
            SetOption(Libc.SolUdp, Libc.UdpGro, 0);
            _receiveOffload = false;
        }

        return !_receiveOffload && batch.RemainingCapacity > 0 && (batch.RemainingBytes >= DatagramBatch.RoomForOne || batch.Count == 0);
    }

    private static bool IsLargeEnough(DatagramBatch batch) =>
        batch.Buffer.Length >= DatagramBatch.MaxRunBytes && batch.Capacity >= DatagramBatch.MaxRunLength;

    /// <summary>Reads one message into the batch: how many datagrams it was, or -1 when none is waiting.</summary>
    private int ReceiveMessage(DatagramBatch batch)
    {
        var room = batch.Reserve(Math.Min(batch.RemainingBytes, DatagramBatch.MaxRunBytes));
        var name = stackalloc byte[SocketName.MaxLength];
        var control = stackalloc byte[ControlBytes];
        fixed (byte* destination = room)
        {
            var buffer = new BufferVector { Base = destination, Length = (nuint)room.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = SocketName.MaxLength,
                Buffers = &buffer,
                BufferCount = 1,
                Control = control,
                ControlLength = ControlBytes,
            };
            var length = (int)Libc.ReceiveMessage(_socket, &message, Libc.MsgDontWait);
            if (length < 0)
            {
                // An ICMP error of an earlier send is reported once and gone.
                return Marshal.GetLastPInvokeError() is Libc.Interrupted or Libc.ConnectionRefused ? 0 : -1;
            }

            var remote = SocketName.Read(new ReadOnlySpan<byte>(name, (int)message.NameLength));
            var ecn = ReadControl(message, out var segmentSize, out var wall);
            if ((message.Flags & Libc.MsgTruncated) != 0)
            {
                return 0;
            }

            var arrivedAt = wall > 0 ? _clock.At(wall) : _clock.Now();
            if (segmentSize <= 0 || segmentSize >= length)
            {
                batch.Commit(length, remote, ecn, arrivedAt);
                return 1;
            }

            return batch.CommitRun(length, segmentSize, remote, ecn, arrivedAt);
        }
    }

    /// <summary>
    /// Reads what came beside the bytes: the ECN bits, the size of the segments of an offloaded run (0 for a single datagram), and when it
    /// came in nanoseconds by the wall clock (0: not known).
    /// </summary>
    private static byte ReadControl(in MessageHeader message, out int segmentSize, out long wall)
    {
        byte ecn = 0;
        segmentSize = 0;
        wall = 0;
        var rest = message.Control;
        var end = message.Control + message.ControlLength;
        while (end - rest >= sizeof(ControlHeader))
        {
            var header = (ControlHeader*)rest;
            if (header->Length < (nuint)sizeof(ControlHeader) || header->Length > (nuint)(end - rest))
            {
                break;
            }

            var data = (byte*)(header + 1);
            switch (header->Level, header->Type)
            {
                case (Libc.SolIp, Libc.IpTos):
                    ecn = (byte)(*data & 3);
                    break;
                case (Libc.SolIpv6, Libc.Ipv6TrafficClass):
                    ecn = (byte)(*(int*)data & 3);
                    break;
                case (Libc.SolUdp, Libc.UdpGro):
                    segmentSize = *(int*)data;
                    break;
                case (Libc.SolSocket, Libc.TimestampNanoseconds):
                    // struct timespec of a 64-bit system.
                    wall = *(long*)data * 1_000_000_000 + *((long*)data + 1);
                    break;
            }

            rest += ControlHeader.Align((int)header->Length);
        }

        return ecn;
    }

    /// <summary>
    /// Builds messages from the batch's datagrams up to <paramref name="end"/> and hands them over with one call: how many datagrams were
    /// sent, and the error that stopped the first message (0: none).
    /// </summary>
    private int SendMessages(DatagramBatch batch, int index, int end, bool segmenting, out int error)
    {
        var messages = stackalloc MultiMessageHeader[MessagesPerCall];
        var buffers = stackalloc BufferVector[MessagesPerCall];
        var names = stackalloc byte[MessagesPerCall * SocketName.MaxLength];
        var controls = stackalloc byte[MessagesPerCall * ControlBytes];
        var counts = stackalloc int[MessagesPerCall];
        fixed (byte* bytes = batch.Buffer)
        {
            var built = 0;
            for (var next = index; next < end && built < MessagesPerCall; built++)
            {
                var remote = batch.Remote(next);
                if (!CanReach(remote))
                {
                    break;
                }

                var count = segmenting ? RunLength(batch, next, end, out var length) : SingleLength(batch, next, out length);
                var name = names + built * SocketName.MaxLength;
                var control = controls + built * ControlBytes;
                buffers[built] = new BufferVector { Base = bytes + batch.Offset(next), Length = (nuint)length };
                messages[built] = new MultiMessageHeader
                {
                    Header = new MessageHeader
                    {
                        Name = name,
                        NameLength = (uint)SocketName.Write(new Span<byte>(name, SocketName.MaxLength), remote),
                        Buffers = buffers + built,
                        BufferCount = 1,
                        Control = control,
                        ControlLength = (nuint)WriteControl(control, batch.Ecn(next), count > 1 ? batch.Length(next) : 0),
                    },
                };
                counts[built] = count;
                next += count;
            }

            return Hand(messages, counts, built, out error);
        }
    }

    private int Hand(MultiMessageHeader* messages, int* counts, int built, out int error)
    {
        if (built == 0)
        {
            error = Libc.InvalidArgument;
            return 0;
        }

        var taken = Libc.SendMessages(_socket, messages, (uint)built, Libc.MsgDontWait);
        if (taken < 0)
        {
            error = Marshal.GetLastPInvokeError();
            return 0;
        }

        error = 0;
        var sent = 0;
        for (var i = 0; i < taken; i++)
        {
            sent += counts[i];
        }

        return sent;
    }

    private int WriteControl(byte* control, byte ecn, int segmentSize)
    {
        var length = 0;
        if (segmentSize > 0)
        {
            length += ControlHeader.Write(control, Libc.SolUdp, Libc.UdpSegment, (ushort)segmentSize);
        }

        if (ecn != 0)
        {
            length += _isV6
                ? ControlHeader.Write(control + length, Libc.SolIpv6, Libc.Ipv6TrafficClass, (int)ecn)
                : ControlHeader.Write(control + length, Libc.SolIp, Libc.IpTos, (int)ecn);
        }

        return length;
    }

    /// <summary>
    /// The first message was refused. If it was a run, its datagrams are sent one by one; when they pass, it was the segmentation that was
    /// refused, and there is no more of it on this socket. How many datagrams are done with.
    /// </summary>
    private int SendRefused(DatagramBatch batch, int index, int error)
    {
        var remote = batch.Remote(index);
        var run = IsSegmenting && CanReach(remote) ? RunLength(batch, index, batch.Count, out _) : 1;
        if (run == 1)
        {
            NoteTooLarge(batch.Length(index), error);
            return 1;
        }

        for (var done = 0; done < run;)
        {
            var sent = SendMessages(batch, index + done, index + run, segmenting: false, out var single);
            done += sent;
            switch (single)
            {
                case 0 or Libc.Interrupted:
                    break;
                case Libc.TryAgain or Libc.NoBufferSpace:
                    return done;
                default:
                    // One alone is refused as well: it is the datagram, or the way, and not the segmentation.
                    NoteTooLarge(batch.Length(index + done), single);
                    return done + 1;
            }
        }

        if (error is Libc.InputOutputError or Libc.InvalidArgument or Libc.MessageTooLong)
        {
            GiveUp(batch.Length(index));
        }

        return run;
    }

    private void NoteTooLarge(int length, int error)
    {
        if (error == Libc.MessageTooLong)
        {
            _tooLarge = _tooLarge == 0 ? length : Math.Min(_tooLarge, length);
        }
    }

    /// <summary>
    /// Segments are refused when they exceed the MTU, where single datagrams are cut into fragments: then smaller segments may still pass.
    /// </summary>
    private void GiveUp(int segmentSize)
    {
        if (segmentSize > SmallestMtuPayload)
        {
            _largestSegment = segmentSize - 1;
        }
        else
        {
            IsSegmenting = false;
        }
    }

    private bool CanReach(TransportAddress remote) =>
        remote.Family == (_isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);

    /// <summary>
    /// How many datagrams from <paramref name="index"/> on can leave as one message: equal in remote, ECN and size, but the last, which may
    /// be shorter.
    /// </summary>
    private int RunLength(DatagramBatch batch, int index, int end, out int length)
    {
        var size = length = batch.Length(index);
        var remote = batch.Remote(index);
        var ecn = batch.Ecn(index);
        var limit = Math.Min(end - index, MaxSegments);
        var count = 1;
        if (size == 0 || size > _largestSegment)
        {
            return 1;
        }

        for (; count < limit; count++)
        {
            var next = batch.Length(index + count);
            if (next == 0 || next > size || length + next > MaxRunBytes || batch.Ecn(index + count) != ecn
                || batch.Remote(index + count) != remote)
            {
                break;
            }

            length += next;
            if (next < size)
            {
                return count + 1;
            }
        }

        return count;
    }

    private static int SingleLength(DatagramBatch batch, int index, out int length)
    {
        length = batch.Length(index);
        return 1;
    }

    private bool SetOption(int level, int name, int value) => Libc.SetSocketOption(_socket, level, name, &value, sizeof(int)) == 0;
}
