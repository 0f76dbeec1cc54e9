namespace Parley.Interop.Conversations;

/// <summary>One side of a conversation whose descriptions the test carries by hand.</summary>
public interface ISide
{
    /// <summary>Makes an offer, sets it, and says it as it is to be sent.</summary>
    Task<SessionDescription> OfferAsync();

    /// <summary>Makes an answer, sets it, and says it as it is to be sent.</summary>
    Task<SessionDescription> AnswerAsync();

    /// <summary>Sets what the peer said.</summary>
    Task TakeAsync(SessionDescription description);

    /// <summary>Takes its own offer back.</summary>
    Task RollbackLocalAsync();

    /// <summary>Undoes the peer's offer.</summary>
    Task RollbackRemoteAsync();

    /// <summary>Adds a track of a kind that carries what this side sends; negotiates nothing.</summary>
    Task AddTrackAsync(string kind);

    /// <summary>Removes the tracks of all senders but that of one section.</summary>
    Task RemoveTracksAsync(string except);

    /// <summary>Sets the direction of a transceiver, in W3C's word for it.</summary>
    Task SetDirectionAsync(string mid, string direction);

    /// <summary>Stops a transceiver.</summary>
    Task StopAsync(string mid);

    /// <summary>Restarts ICE with the next offer.</summary>
    Task RestartIceAsync();

    /// <summary>"signaling state; mid kind direction/currentDirection, …" of what is not stopped, in order.</summary>
    Task<string> TransceiversAsync();

    /// <summary>Packets sent so far, of one section or of all.</summary>
    Task<long> PacketsSentAsync(string? mid = null);

    /// <summary>Waits for so many more packets of a section.</summary>
    Task ExpectPacketsAsync(string mid, int packets = 5);

    /// <summary>Waits until connected and stable.</summary>
    Task ExpectConnectedAsync();

    /// <summary>The user-name fragment of its current local description.</summary>
    Task<string> UfragAsync();

    /// <summary>Closes the connection.</summary>
    Task CloseAsync();
}
