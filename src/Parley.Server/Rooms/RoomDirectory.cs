using System.Collections.Concurrent;

namespace Parley.Server;

/// <summary>All rooms by name. A room begins with its first peer and ends with its last.</summary>
internal sealed class RoomDirectory(SignalingOptions options)
{
    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);

    /// <summary>How many rooms exist.</summary>
    public int Count => _rooms.Count;

    /// <summary>Enters the room of that name, which is made when it is not there.</summary>
    /// <returns>The room, or null with <paramref name="full"/> telling whether the room or the whole server has no place left.</returns>
    public Room? Enter(string name, Participant newcomer, out bool full)
    {
        full = false;
        while (true)
        {
            if (!_rooms.TryGetValue(name, out Room? room))
            {
                // Two first peers at once may pass this bound by one; it bounds memory, it does not count seats.
                if (_rooms.Count >= options.MaxRooms)
                {
                    return null;
                }

                room = _rooms.GetOrAdd(name, static (key, capacity) => new Room(key, capacity), options.RoomCapacity);
            }

            switch (room.Enter(newcomer))
            {
                case EnterOutcome.Entered:
                    return room;
                case EnterOutcome.Full:
                    full = true;
                    return null;
                default:
                    Remove(room);
                    break;
            }
        }
    }

    /// <summary>Leaves the room, and removes it when that was the last peer.</summary>
    public void Leave(Room room, Participant leaver)
    {
        if (room.Leave(leaver))
        {
            Remove(room);
        }
    }

    private void Remove(Room room) => _rooms.TryRemove(new KeyValuePair<string, Room>(room.Name, room));
}
