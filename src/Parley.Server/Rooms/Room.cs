using Parley.Signaling;

namespace Parley.Server;

/// <summary>
/// The peers of one room in the order they came, those who are away for a moment included. Safe from any thread; posts to outboxes under
/// its lock, sends never.
/// </summary>
internal sealed class Room(string name, SignalingOptions options)
{
    private readonly Lock _lock = new();
    private readonly List<Participant> _participants = new(Math.Min(options.RoomCapacity, 16));

    // Who has not come back to a server that was started anew, though others that have come back know it. Nobody else hears of them.
    private readonly Dictionary<string, Participant> _expected = new(StringComparer.Ordinal);
    private bool _gone;

    /// <summary>The room's name.</summary>
    public string Name { get; } = name;

    /// <summary>Lets a newcomer in: welcomes it, and tells the others.</summary>
    /// <param name="newcomer">The newcomer.</param>
    /// <param name="connection">Its socket.</param>
    /// <param name="known">Whom it knows of a session that is lost; empty for a newcomer.</param>
    /// <param name="expect">Makes a participant of one of <paramref name="known"/> who is not here yet.</param>
    /// <remarks>All under one lock, so that each peer hears of the others exactly once, either in its welcome or as joined.</remarks>
    public EnterOutcome Enter(
        Participant newcomer, SignalingConnection connection, IReadOnlyCollection<string> known, Func<string, Participant> expect)
    {
        lock (_lock)
        {
            if (_gone)
            {
                return EnterOutcome.Gone;
            }

            if (_participants.Count >= options.RoomCapacity)
            {
                return EnterOutcome.Full;
            }

            (newcomer.Room, newcomer.Connection) = (this, connection);
            TakeOver(newcomer);
            var peers = new List<PeerInfo>(_participants.Count);
            foreach (Participant present in _participants)
            {
                bool isKnown = present.Known.Contains(newcomer.Id);
                bool isKept = isKnown && known.Contains(present.Id);
                peers.Add(new PeerInfo(present.Id, present.Name, isKept));
                newcomer.Known.Add(present.Id);
                if (isKnown && !isKept)
                {
                    present.Tell(new PeerLeftMessage(newcomer.Id));
                }

                if (!isKept)
                {
                    present.Known.Add(newcomer.Id);
                    present.Tell(new PeerJoinedMessage(newcomer.Id, newcomer.Name));
                }
            }

            SessionInfo? session = newcomer.Token is { } token ? new SessionInfo(token, options.ResumeGrace.TotalSeconds) : null;
            newcomer.TellUncounted(new WelcomeMessage(newcomer.Id, Name, peers, session));
            _participants.Add(newcomer);
            foreach (string id in known.Take(options.RoomCapacity).Where(id => id != newcomer.Id && newcomer.Known.Add(id)))
            {
                if (!_expected.ContainsKey(id))
                {
                    _expected[id] = expect(id);
                }
            }

            return EnterOutcome.Entered;
        }
    }

    /// <summary>The peer of that id gets a new socket; the one it had is for the caller to end.</summary>
    /// <returns>The peer, or null when it is not here.</returns>
    public Participant? Attach(string id, SignalingConnection connection, out SignalingConnection? displaced)
    {
        lock (_lock)
        {
            displaced = null;
            Participant? back = _participants.Find(participant => participant.Id == id);
            if (back is not null)
            {
                (displaced, back.Connection) = (back.Connection, connection);
                back.Grace?.Dispose();
                back.Grace = null;
            }

            return back;
        }
    }

    /// <summary>The peer lost this socket, unless it has another one already.</summary>
    /// <param name="participant">The peer.</param>
    /// <param name="connection">The socket.</param>
    /// <param name="grace">Makes the timer that ends its stay.</param>
    public void Detach(Participant participant, SignalingConnection connection, Func<ITimer> grace)
    {
        lock (_lock)
        {
            if (participant.Connection == connection && _participants.Contains(participant))
            {
                participant.Connection = null;
                participant.Grace = grace();
            }
        }
    }

    /// <summary>Takes a peer out and tells the others; with a condition, only if it holds under the lock.</summary>
    /// <param name="leaver">The peer.</param>
    /// <param name="connection">Only if this is its socket; null for only if it has none.</param>
    /// <param name="isEmpty">Whether the room is empty now, and so gone for good.</param>
    /// <returns>Whether it was here and is not any more.</returns>
    public bool Leave(Participant leaver, SignalingConnection? connection, out bool isEmpty)
    {
        lock (_lock)
        {
            isEmpty = false;
            if (leaver.Connection != connection)
            {
                return false;
            }

            bool wasHere = _participants.Remove(leaver);
            if (!wasHere && !(_expected.GetValueOrDefault(leaver.Id) == leaver && _expected.Remove(leaver.Id)))
            {
                return false;
            }

            leaver.Grace?.Dispose();
            if (connection is null)
            {
                leaver.Outbox.Discard();
            }
            else
            {
                leaver.Outbox.Complete();
            }

            foreach (Participant present in _participants.Where(present => present.Known.Remove(leaver.Id)))
            {
                present.Tell(new PeerLeftMessage(leaver.Id));
            }

            isEmpty = _gone = _participants.Count == 0;
            if (_gone)
            {
                foreach (string id in _expected.Keys.ToArray())
                {
                    Forget(id);
                }
            }

            return wasHere;
        }
    }

    /// <summary>The peer of that id, or null.</summary>
    public Participant? Find(ReadOnlySpan<byte> utf8Id)
    {
        lock (_lock)
        {
            foreach (Participant present in _participants)
            {
                if (present.Utf8Id.Span.SequenceEqual(utf8Id))
                {
                    return present;
                }
            }

            foreach (Participant expected in _expected.Values)
            {
                if (expected.Utf8Id.Span.SequenceEqual(utf8Id))
                {
                    return expected;
                }
            }

            return null;
        }
    }

    // Who was expected back gets the place that was kept for it, with what was sent to it meanwhile.
    private void TakeOver(Participant newcomer)
    {
        if (_expected.Remove(newcomer.Id, out Participant? expected))
        {
            expected.Grace?.Dispose();
            foreach (ReadOnlyMemory<byte> message in expected.Outbox.Empty())
            {
                newcomer.Relay(message);
            }
        }
    }

    private void Forget(string id)
    {
        if (_expected.Remove(id, out Participant? expected))
        {
            expected.Grace?.Dispose();
            expected.Outbox.Discard();
        }
    }
}
