namespace Parley.Cli.Calls;

/// <summary>The states a connection has passed through, with their times, beginning with the first.</summary>
internal sealed class CallHistory
{
    private const int MaxEntries = 1000;

    private readonly CallClock _clock;

    public CallHistory(PeerConnection connection, CallClock clock)
    {
        _clock = clock;
        Note(Signaling, connection.SignalingState.ToW3CName());
        Note(Gathering, connection.IceGatheringState.ToW3CName());
        Note(Ice, connection.IceConnectionState.ToW3CName());
        Note(Connection, connection.ConnectionState.ToW3CName());
        connection.SignalingStateChanged += (_, _) => Note(Signaling, connection.SignalingState.ToW3CName());
        connection.IceGatheringStateChanged += (_, _) => Note(Gathering, connection.IceGatheringState.ToW3CName());
        connection.IceConnectionStateChanged += (_, _) => Note(Ice, connection.IceConnectionState.ToW3CName());
        connection.ConnectionStateChanged += (_, _) => Note(Connection, connection.ConnectionState.ToW3CName());
    }

    public List<StateEntry> Signaling { get; } = [];

    public List<StateEntry> Gathering { get; } = [];

    public List<StateEntry> Ice { get; } = [];

    public List<StateEntry> Connection { get; } = [];

    private void Note(List<StateEntry> entries, string state)
    {
        if (entries.Count < MaxEntries)
        {
            entries.Add(new StateEntry(_clock.Seconds, state));
        }
    }
}
