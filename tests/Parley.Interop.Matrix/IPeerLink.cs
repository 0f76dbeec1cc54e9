using System.Text.Json;

namespace Parley.Interop.Matrix;

/// <summary>The way to a foreign peer, which obeys the commands of peers/README.md, one reply to each.</summary>
public interface IPeerLink : IAsyncDisposable
{
    /// <summary>Raised, on any thread, with each candidate it gathers: an RTCIceCandidateInit. The end of candidates is not told.</summary>
    event Action<JsonElement>? CandidateGathered;

    /// <summary>Gives a command and waits for the reply.</summary>
    /// <param name="command">The command's name.</param>
    /// <param name="arguments">What belongs to it.</param>
    /// <exception cref="PeerRefusedException">The peer could not do it; the message is its own.</exception>
    Task<JsonElement> AskAsync(string command, object? arguments = null);

    /// <summary>What it printed beside the replies, for a failure.</summary>
    string Log { get; }
}
