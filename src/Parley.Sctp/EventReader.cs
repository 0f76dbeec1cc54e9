using System.Runtime.CompilerServices;

namespace Parley.Sctp;

/// <summary>What has happened and is not read yet, and the event that is being read: its payload is the reader's until the next.</summary>
internal sealed class EventReader
{
    private PendingEvent _read;

    /// <summary>What is not read yet.</summary>
    public RingQueue<PendingEvent> Pending { get; } = new();

    /// <summary>What has been delivered, and not read, in bytes of the receive buffer: it outlives a restart.</summary>
    public long Held
    {
        get
        {
            long held = _read.Charge;
            for (var left = Pending.Count; left > 0 && Pending.TryDequeue(out var pending); left--)
            {
                held += pending.Charge;
                Pending.Enqueue(pending);
            }

            return held;
        }
    }

    /// <summary>The event that is being read.</summary>
    public ref readonly PendingEvent Read => ref _read;

    /// <summary>What the event that was read holds has been taken back.</summary>
    public void Release() => _read = default;

    /// <summary>Reads the next event; false when there is none, or messages are held back and it is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(bool holdsMessages, out SctpEvent happened)
    {
        if (Pending.Count == 0
            || (holdsMessages && Pending.Peek().Kind == SctpEventKind.MessageReceived)
            || !Pending.TryDequeue(out var next))
        {
            happened = default;
            return false;
        }

        _read = next;
        happened = new SctpEvent
        {
            Kind = next.Kind,
            Stream = next.Stream,
            PayloadProtocolId = new PayloadProtocolId(next.Ppid),
            Payload = next.Payload.Memory,
            Failure = next.Ending?.Failure ?? default,
            Reason = next.Ending?.Reason,
            CauseCode = next.Ending?.CauseCode,
        };
        return true;
    }
}
