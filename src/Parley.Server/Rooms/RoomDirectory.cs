using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Parley.Server;

/// <summary>All rooms by name. A room begins with its first peer and ends with its last.</summary>
internal sealed class RoomDirectory(SignalingOptions options, TimeProvider time, ILogger<RoomDirectory> logger)
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly OutboxBudget _budget = new(options.TotalOutgoingBytes);

    /// <summary>How many rooms exist.</summary>
    public int Count => _rooms.Count;

    /// <summary>How many bytes wait for all peers together.</summary>
    public long WaitingBytes => _budget.Bytes;

    /// <summary>Makes a peer that is in no room yet.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">What it calls itself.</param>
    /// <param name="token">By what it comes back; null when it does not.</param>
    public Participant Create(string id, string name, string? token) => new(id, name, token, options, _budget, OnCut);

    /// <summary>Enters the room of that name, which is made when it is not there.</summary>
    /// <returns>Whether it entered; if not, <paramref name="full"/> tells whether the room or the whole server has no place left.</returns>
    public bool Enter(string name, Participant newcomer, SignalingConnection connection, IReadOnlyCollection<string> known, out bool full)
    {
        full = false;
        while (true)
        {
            if (!_rooms.TryGetValue(name, out Room? room))
            {
                // Two first peers at once may pass this bound by one; it bounds memory, it does not count seats.
                if (_rooms.Count >= options.MaxRooms)
                {
                    return false;
                }

                room = _rooms.GetOrAdd(name, static (key, options) => new Room(key, options), options);
            }

            switch (room.Enter(newcomer, connection, known, id => Expect(room, id)))
            {
                case EnterOutcome.Entered:
                    return true;
                case EnterOutcome.Full:
                    full = true;
                    return false;
                default:
                    Remove(room);
                    break;
            }
        }
    }

    /// <summary>Finds the peer of that id in the room, away or not, and gives it a new socket.</summary>
    public Participant? Attach(string room, string id, SignalingConnection connection, out SignalingConnection? displaced)
    {
        displaced = null;
        return _rooms.TryGetValue(room, out Room? found) ? found.Attach(id, connection, out displaced) : null;
    }

    /// <summary>The peer lost its socket. When it does not come back in time, its stay ends.</summary>
    public void Detach(Participant participant, SignalingConnection connection) =>
        participant.Room?.Detach(participant, connection, () => GraceOf(participant));

    /// <summary>
    /// Ends a peer's stay, if this is its socket (null: if it has none), and removes the room when that was the last peer.
    /// </summary>
    public void Leave(Participant leaver, SignalingConnection? connection)
    {
        if (leaver.Room is { } room)
        {
            if (room.Leave(leaver, connection, out bool isEmpty))
            {
                ServerLog.PeerLeft(logger, leaver.Id);
            }

            if (isEmpty)
            {
                Remove(room);
            }
        }
    }

    private Participant Expect(Room room, string id)
    {
        Participant expected = Create(id, "", null);
        expected.Room = room;
        expected.Grace = GraceOf(expected);
        return expected;
    }

    private ITimer GraceOf(Participant participant) =>
        time.CreateTimer(_ => Leave(participant, null), null, options.ResumeGrace, Timeout.InfiniteTimeSpan);

    // Called where locks are held.
    private void OnCut(Participant participant, CutReason reason) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            if (participant.Connection is { } connection)
            {
                connection.CutOff(reason);
            }
            else
            {
                ServerLog.Cut(logger, participant.Id, reason);
                ServerMeter.Count(reason);
                Leave(participant, null);
            }
        },
        null);

    private void Remove(Room room) => _rooms.TryRemove(new KeyValuePair<string, Room>(room.Name, room));
}
