using Parley.Net;
using Parley.Transport;

namespace Parley;

/// <summary>Who reads a transport's events. All members are called in the driver's turns, which never overlap.</summary>
internal interface ITransportOwner
{
    /// <summary>Something happened. What the event lends is valid until this returns.</summary>
    void OnEvent(in TransportEvent happened, Instant now);

    /// <summary>What was held back may be taken in again, if there is room for it.</summary>
    void OnReceivingResumed();

    /// <summary>
    /// A turn for the transport runs on a thread that waits for sockets: what it queues need not be handed to another thread.
    /// </summary>
    void BeginTurnHere();

    /// <summary>That turn is over.</summary>
    void EndTurnHere();

    /// <summary>A turn has failed, and the transport is gone. It is a defect of Parley, whatever the peer sent.</summary>
    void OnFailed(Exception error);
}
