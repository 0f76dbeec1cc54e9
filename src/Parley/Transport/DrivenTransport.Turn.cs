using System.Buffers;
using Parley.Net;
using Parley.Rtp;
using Parley.Transport;

namespace Parley;

// What a turn does.
internal sealed partial class DrivenTransport
{
    /// <summary>Commands run in one turn.</summary>
    private const int CommandsPerTurn = 1024;

    /// <summary>Bytes sent in one turn: some full batches.</summary>
    private const int BytesPerTurn = 8 * DatagramBatch.DefaultBufferSize;

    /// <summary>Datagrams of a batch, above which the next turn is handed over.</summary>
    private const int MaxDatagramsTakenHere = 3;

    private bool RunCommands(Instant now)
    {
        for (var i = 0; i < CommandsPerTurn && !IsGone; i++)
        {
            if (!_commands.TryDequeue(out var command))
            {
                Resume(now);
                return false;
            }

            Run(command, now);
        }

        return !IsGone;
    }

    private void Run(in TransportCommand command, Instant now)
    {
        if (command.Order is { } order)
        {
            order.Run(this, now);
            Read(now);
        }
        else if (command.Frame is { } frame)
        {
            Send(frame, now);
        }
        else
        {
            Core.Send(command.Channel!.Handle, command.Message.AsSpan(0, command.Length), command.IsBinary, now);
            ArrayPool<byte>.Shared.Return(command.Message!);
        }
    }

    /// <summary>Hands a frame to its stream, and gives it back.</summary>
    private void Send(OutgoingFrame frame, Instant now)
    {
        var sent = Core.SendFrame(
            new Ssrc(frame.Flow.Ssrc),
            new RtpFrame
            {
                PayloadType = new PayloadType((byte)frame.PayloadType),
                Timestamp = new RtpTimestamp(frame.RtpTimestamp),
                Data = frame.Data,
                IsKeyFrame = frame.IsKeyFrame,
                CapturedAt = frame.CapturedAt,
                AudioLevel = frame.AudioLevel,
                VoiceActivity = frame.VoiceActivity,
                Orientation = frame.Orientation,
                Contributors = frame.Contributors,
            },
            now);
        if (sent)
        {
            frame.Flow.CountSent(frame, now);
        }

        frame.Flow.Frames.Return(frame);
    }

    private void Resume(Instant now)
    {
        if (_resumesReceiving)
        {
            _resumesReceiving = false;
            _owner.OnReceivingResumed();
            Read(now);
        }
    }

    /// <summary>
    /// One batch of each socket: a busy transport does not starve the others, and what was received is acknowledged before more is taken.
    /// True when a socket may hold more.
    /// </summary>
    private bool Receive(DatagramBatch batch, Instant now)
    {
        var more = false;
        foreach (var socket in _sockets)
        {
            batch.Clear();
            if (socket.Receive(batch) == 0)
            {
                continue;
            }

            more |= !batch.HasRoomForRun;
            _comesInNumbers = batch.Count > MaxDatagramsTakenHere;
            for (var next = 0; next < batch.Count;)
            {
                next = Core.Receive(batch, next, socket.LocalAddress, now);
                Read(now);
            }
        }

        return more;
    }

    private bool Advance(Instant now)
    {
        if (Core.Deadline <= now)
        {
            Core.Advance(now);
            Read(now);
        }

        return false;
    }

    /// <summary>
    /// Everything that shall be sent, in batches; true when there is still more. What a packet's making lets the user see is told before
    /// the packet leaves: whoever waits for both, here and at the peer, finds them in this order.
    /// </summary>
    private bool Transmit(DatagramBatch batch, Instant now)
    {
        if (!FlushUnsent())
        {
            return false;
        }

        for (var bytes = 0; bytes < BytesPerTurn; bytes += batch.Buffer.Length - batch.RemainingBytes)
        {
            var count = Core.Transmit(batch, now, out var path);
            Read(now);
            if (count == 0 || !Send(batch, path, now))
            {
                return false;
            }
        }

        return true;
    }

    private bool Send(DatagramBatch batch, in Transport.Path path, Instant now)
    {
        if (SocketOf(path.Local) is not { } socket)
        {
            return true;
        }

        var sent = socket.Send(batch);
        if (socket.TakeTooLarge() is var refused and > 0)
        {
            Core.OnPacketTooLarge(refused, path, now);
            Read(now);
        }

        if (sent == batch.Count)
        {
            return true;
        }

        // The socket is full: what is left waits in a batch of its own for the next turn.
        _unsent = DatagramBatchPool.Rent();
        _unsentSocket = socket;
        _unsentFrom = 0;
        for (var i = sent; i < batch.Count; i++)
        {
            _unsent.TryAdd(batch.Datagram(i), batch.Remote(i), batch.Ecn(i));
        }

        return false;
    }

    private bool FlushUnsent()
    {
        if (_unsent is null)
        {
            return true;
        }

        _unsentFrom += _unsentSocket!.Send(_unsent, _unsentFrom);
        if (_unsentFrom < _unsent.Count)
        {
            return false;
        }

        DatagramBatchPool.Return(_unsent);
        _unsent = null;
        return true;
    }

    private void SayGoodbye(Instant now)
    {
        Core.Close(now);
        var batch = DatagramBatchPool.Rent();
        try
        {
            Transmit(batch, now);
        }
        finally
        {
            DatagramBatchPool.Return(batch);
        }
    }

    /// <summary>Reads what happened: what is the driver's own is done, the rest is the owner's.</summary>
    private void Read(Instant now)
    {
        while (Core.TryRead(out var happened))
        {
            switch (happened.Kind)
            {
                case TransportEventKind.LocalPathsWanted:
                    AddLocalPaths(now);
                    break;
                case TransportEventKind.LookupWanted:
                    _ = LookUpAsync(happened.Lookup!);
                    break;
                case TransportEventKind.HeardFragmentsChanged:
                    _member?.SetFragments(Core.HeardUsernameFragments);
                    break;
                case TransportEventKind.RemoteHeard:
                    _member?.Claim(happened.Path!.Value.Remote, happened.IsProved, now);
                    break;
                default:
                    _owner.OnEvent(happened, now);
                    break;
            }
        }
    }
}
