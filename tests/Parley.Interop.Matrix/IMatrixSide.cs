namespace Parley.Interop.Matrix;

/// <summary>One side of the scripted call: Parley, or a foreign peer.</summary>
public interface IMatrixSide : IAsyncDisposable
{
    /// <summary>Adds a track that carries what this side sends; negotiates nothing.</summary>
    Task AddTrackAsync(string kind);

    /// <summary>Removes the track of a section's sender.</summary>
    Task RemoveTrackAsync(string mid);

    /// <summary>Opens a data channel.</summary>
    Task OpenChannelAsync(string label);

    /// <summary>Makes an offer, sets it, and says it as it is to be sent.</summary>
    Task<SessionDescription> OfferAsync();

    /// <summary>Makes an answer, sets it, and says it as it is to be sent.</summary>
    Task<SessionDescription> AnswerAsync();

    /// <summary>Sets what the other said; an offer rolls this side's own offer back.</summary>
    Task TakeAsync(SessionDescription description);

    /// <summary>Sets the direction of a transceiver, in W3C's word for it.</summary>
    Task SetDirectionAsync(string mid, string direction);

    /// <summary>Restarts ICE with the next offer.</summary>
    Task RestartIceAsync();

    /// <summary>Sends text on a channel.</summary>
    Task SayAsync(string label, string text);

    /// <summary>Closes the connection.</summary>
    Task CloseAsync();

    /// <summary>The ufrag of its local description.</summary>
    Task<string> UfragAsync();

    /// <summary>The negotiated direction of a section, from this side; null before it is negotiated and after it was rejected.</summary>
    Task<string?> CurrentAsync(string mid);

    /// <summary>Packets of a section received so far.</summary>
    Task<long> ReceivedAsync(string mid);

    /// <summary>The section, other than those named, in which this side sends a track of a kind.</summary>
    Task<string> SendingAsync(string kind, IReadOnlyCollection<string> except);

    /// <summary>Waits until connected and stable.</summary>
    Task ExpectConnectedAsync();

    /// <summary>Waits for a channel to be open.</summary>
    Task ExpectOpenAsync(string label);

    /// <summary>Waits for a text; an echo may stand before it.</summary>
    Task ExpectTextAsync(string label, string text);

    /// <summary>Waits for 20 more packets of sound that is not silence.</summary>
    /// <returns>What was heard, in words that follow the side's name.</returns>
    Task<string> ExpectSoundAsync(string mid);

    /// <summary>Waits for more pictures.</summary>
    /// <returns>What was seen, in words that follow the side's name.</returns>
    Task<string> ExpectPicturesAsync(string mid);

    /// <summary>Waits until it sees that the other side has closed.</summary>
    Task ExpectClosedAsync();
}
