namespace Parley.Sctp;

/// <summary>Where an association stands: the states of RFC 9260 §4, each with what only it has.</summary>
internal abstract class AssociationPhase
{
    private AssociationPhase(SctpState state) => State = state;

    /// <summary>Its name.</summary>
    public SctpState State { get; }

    /// <summary>Whether the handshake is over and the end has not come.</summary>
    public bool IsUp => State >= SctpState.Established;

    /// <summary>Whether messages that wait may begin to leave.</summary>
    public bool MayBegin => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived;

    /// <summary>Whether data is taken. In COOKIE-ECHOED the peer may be ahead of its lost COOKIE ACK.</summary>
    public bool IsReceiving =>
        State is SctpState.CookieEchoed or SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent;

    /// <summary>Whether the handshake is not over, so that a cookie may establish the association.</summary>
    public bool IsBeforeEstablished => State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed;

    /// <summary>Whether it is an <see cref="Asking"/>.</summary>
    public bool IsAsking => State is SctpState.CookieWait or SctpState.CookieEchoed or SctpState.ShutdownSent or SctpState.ShutdownAckSent;

    /// <summary>Not connected yet.</summary>
    public sealed class Fresh() : AssociationPhase(SctpState.Closed);

    /// <summary>Not connected any more.</summary>
    public sealed class Ended() : AssociationPhase(SctpState.Closed);

    /// <summary>A chunk is sent until the peer answers it.</summary>
    public abstract class Asking : AssociationPhase
    {
        /// <summary>The chunk, and its timer.</summary>
        public RepeatedChunk Chunk;

        private protected Asking(SctpState state)
            : base(state) => Chunk.Request();
    }

    /// <summary>The INIT is on its way; T1-init runs.</summary>
    public sealed class CookieWait() : Asking(SctpState.CookieWait);

    /// <summary>The COOKIE ECHO is on its way; T1-cookie runs.</summary>
    /// <param name="cookie">The peer's State Cookie.</param>
    public sealed class CookieEchoed(byte[] cookie) : Asking(SctpState.CookieEchoed)
    {
        /// <summary>The peer's State Cookie.</summary>
        public byte[] Cookie { get; } = cookie;
    }

    /// <summary>Messages flow.</summary>
    public sealed class Established() : AssociationPhase(SctpState.Established);

    /// <summary>This side shuts down once everything is acknowledged.</summary>
    public sealed class ShutdownPending() : AssociationPhase(SctpState.ShutdownPending);

    /// <summary>The SHUTDOWN is on its way; T2-shutdown runs.</summary>
    public sealed class ShutdownSent() : Asking(SctpState.ShutdownSent);

    /// <summary>The peer shuts down; this side still has data to send.</summary>
    public sealed class ShutdownReceived() : AssociationPhase(SctpState.ShutdownReceived);

    /// <summary>The SHUTDOWN ACK is on its way; T2-shutdown runs.</summary>
    public sealed class ShutdownAckSent() : Asking(SctpState.ShutdownAckSent);
}
