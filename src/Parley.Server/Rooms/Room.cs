using Parley.Signaling;

namespace Parley.Server;

/// <summary>The peers of one room in the order they came. Safe from any thread; posts to outboxes under its lock, sends never.</summary>
internal sealed class Room(string name, int capacity)
{
    private readonly Lock _lock = new();
    private readonly List<Participant> _participants = new(capacity);
    private bool _gone;

    /// <summary>The room's name.</summary>
    public string Name { get; } = name;

    /// <summary>Lets a newcomer in: welcomes it, and tells the others.</summary>
    /// <remarks>Both under one lock, so that each peer hears of the others exactly once, either in its welcome or as joined.</remarks>
    public EnterOutcome Enter(Participant newcomer)
    {
        lock (_lock)
        {
            if (_gone)
            {
                return EnterOutcome.Gone;
            }

            if (_participants.Count >= capacity)
            {
                return EnterOutcome.Full;
            }

            newcomer.Tell(new WelcomeMessage(newcomer.Id, Name, _participants.ConvertAll(p => new PeerInfo(p.Id, p.Name))));
            foreach (Participant present in _participants)
            {
                present.Tell(new PeerJoinedMessage(newcomer.Id, newcomer.Name));
            }

            _participants.Add(newcomer);
            return EnterOutcome.Entered;
        }
    }

    /// <summary>Takes a peer out and tells the others.</summary>
    /// <returns>Whether the room is empty now, and so gone for good.</returns>
    public bool Leave(Participant leaver)
    {
        lock (_lock)
        {
            if (_participants.Remove(leaver))
            {
                foreach (Participant present in _participants)
                {
                    present.Tell(new PeerLeftMessage(leaver.Id));
                }
            }

            _gone = _participants.Count == 0;
            return _gone;
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

            return null;
        }
    }
}
