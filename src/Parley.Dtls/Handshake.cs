using System.Security.Cryptography;
using Parley.Dtls.Wire;
using Parley.Net;

namespace Parley.Dtls;

/// <summary>
/// What both sides of a DTLS 1.2 handshake have in common (RFC 5246 §7.3, RFC 6347 §4.2). A handshake takes whole messages in their
/// order and makes flights; it knows nothing of records, fragments, time or loss.
/// </summary>
internal abstract class Handshake(DtlsOptions options, RandomSource random) : IDisposable
{
    private readonly List<Flight.Part> _flight = [];
    private readonly MessageWriter _writer = new();
    private ushort _nextSequence;

    /// <summary>The suite agreed on.</summary>
    public CipherSuiteParameters Suite { get; protected set; }

    /// <summary>The SRTP protection profile agreed on (RFC 5764 §4.1.2).</summary>
    public ushort? SrtpProfile { get; protected set; }

    /// <summary>The group of the key exchange; null until the server has chosen it.</summary>
    public NamedGroup? Group { get; protected set; }

    public bool ExtendedMasterSecret { get; protected set; }

    /// <summary>Client random, then server random.</summary>
    public byte[] Randoms { get; } = new byte[64];

    /// <summary>Empty until the secrets are derived.</summary>
    public byte[] MasterSecret { get; private set; } = [];

    /// <summary>The peer's chain in DER; empty until its Certificate has come.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> PeerCertificates { get; private set; } = [];

    /// <summary>Whether both Finished are exchanged and verified.</summary>
    public bool IsComplete { get; protected set; }

    /// <summary>The certificate of this side: the first, or the one that the peer takes.</summary>
    public DtlsCertificate Certificate { get; protected set; } = options.Certificate;

    protected DtlsOptions Options { get; } = options;

    protected IEnumerable<DtlsCertificate> Certificates => Options.AlternativeCertificates.Prepend(Options.Certificate);

    protected RandomSource Random { get; } = random;

    protected Transcript Transcript { get; } = new();

    protected PeerPublicKey? PeerKey { get; private set; }

    protected abstract bool IsClient { get; }

    protected Span<byte> ClientRandom => Randoms.AsSpan(0, 32);

    protected Span<byte> ServerRandom => Randoms.AsSpan(32);

    /// <summary>The first messages of this side, if it is the one to begin.</summary>
    public abstract void Start();

    /// <summary>Takes the next message. A fault ends the handshake.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="message">The message with its header as for an unfragmented one.</param>
    public abstract HandshakeFault? Receive(HandshakeType type, ReadOnlySpan<byte> message);

    /// <summary>Takes out the flight that is to be sent now, if there is one.</summary>
    public bool TryTakeFlight(Flight destination)
    {
        if (_flight.Count == 0)
        {
            return false;
        }

        destination.Replace(_flight);
        _flight.Clear();
        return true;
    }

    /// <summary>The protection of the records this side writes and reads, once the master secret is there.</summary>
    public (RecordProtection Writer, RecordProtection Reader) DeriveProtection()
    {
        var keySize = Suite.KeySize;
        Span<byte> block = stackalloc byte[2 * (32 + KeySchedule.SaltSize)];
        block = block[..(2 * (keySize + KeySchedule.SaltSize))];
        KeySchedule.KeyBlock(Suite.Hash, MasterSecret, ClientRandom, ServerRandom, block);
        var salts = block[(2 * keySize)..];
        var client = new RecordProtection(block[..keySize], salts[..KeySchedule.SaltSize]);
        var server = new RecordProtection(block[keySize..(2 * keySize)], salts[KeySchedule.SaltSize..]);
        CryptographicOperations.ZeroMemory(block);
        return IsClient ? (client, server) : (server, client);
    }

    /// <summary>Hands the master secret to the connection that has come about; what is not taken is wiped.</summary>
    public byte[] TakeMasterSecret()
    {
        var master = MasterSecret;
        MasterSecret = [];
        return master;
    }

    public virtual void Dispose()
    {
        PeerKey?.Dispose();
        CryptographicOperations.ZeroMemory(MasterSecret);
    }

    protected MessageWriter Begin(HandshakeType type)
    {
        _writer.Begin(type, _nextSequence++);
        return _writer;
    }

    protected void End(DtlsProtocolVersion recordVersion = DtlsProtocolVersion.Dtls12, ushort epoch = 0)
    {
        var message = _writer.End();
        Transcript.Add(message);
        _flight.Add(new Flight.Part(ContentType.Handshake, recordVersion, epoch, message));
    }

    protected HandshakeFault? ReceiveCertificate(ReadOnlySpan<byte> body)
    {
        if (!CertificateList.TryParse(body, out var certificates, out _))
        {
            return HandshakeFault.Malformed;
        }

        // RFC 8827 §6.5: both sides present a certificate. RFC 5246 §7.4.6: an empty list answers handshake_failure.
        if (certificates.Count == 0)
        {
            return new HandshakeFault(DtlsFailure.CertificateMissing, AlertDescription.HandshakeFailure);
        }

        PeerKey = PeerPublicKey.TryParse(certificates[0].Span);
        PeerCertificates = certificates;
        return PeerKey is null ? HandshakeFault.UnsupportedCertificate : null;
    }

    protected void WriteCertificate()
    {
        CertificateList.Write(Begin(HandshakeType.Certificate), Certificate.Der.Span);
        End();
    }

    /// <summary>The first scheme of ours that fits our key and that the peer accepts.</summary>
    protected SignatureScheme? ChooseScheme(ReadOnlySpan<byte> offered)
    {
        foreach (var scheme in SignatureScheme.Supported)
        {
            if (scheme.IsEcdsa == Certificate.IsEcdsa && VectorReader.HoldsUInt16(offered, scheme.Value))
            {
                return scheme;
            }
        }

        return null;
    }

    protected void WriteSignature(MessageWriter writer, SignatureScheme scheme, ReadOnlySpan<byte> data)
    {
        writer.WriteUInt16(scheme.Value);
        var vector = writer.Open(2);
        writer.WriteBytes(Certificate.Sign(data, scheme));
        writer.Close(vector, 2);
    }

    /// <summary>Derives the master secret; the transcript ends with the ClientKeyExchange.</summary>
    protected void DeriveMasterSecret(Span<byte> premaster)
    {
        var master = new byte[KeySchedule.MasterSecretSize];
        if (ExtendedMasterSecret)
        {
            Span<byte> hash = stackalloc byte[48];
            var size = Transcript.Hash(Suite.Hash, hash);
            KeySchedule.ExtendedMasterSecret(Suite.Hash, premaster, hash[..size], master);
        }
        else
        {
            KeySchedule.MasterSecret(Suite.Hash, premaster, ClientRandom, ServerRandom, master);
        }

        CryptographicOperations.ZeroMemory(premaster);
        MasterSecret = master;
    }

    protected void WriteChangeCipherSpecAndFinished()
    {
        _flight.Add(new Flight.Part(ContentType.ChangeCipherSpec, DtlsProtocolVersion.Dtls12, 0, [1]));
        Span<byte> verifyData = stackalloc byte[KeySchedule.VerifyDataSize];
        ComputeVerifyData(IsClient, verifyData);
        Begin(HandshakeType.Finished).WriteBytes(verifyData);
        End(epoch: 1);
    }

    protected HandshakeFault? VerifyFinished(ReadOnlySpan<byte> body)
    {
        Span<byte> expected = stackalloc byte[KeySchedule.VerifyDataSize];
        ComputeVerifyData(!IsClient, expected);
        return CryptographicOperations.FixedTimeEquals(expected, body)
            ? null
            : new HandshakeFault(DtlsFailure.BadFinished, AlertDescription.DecryptError);
    }

    private void ComputeVerifyData(bool client, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[48];
        var size = Transcript.Hash(Suite.Hash, hash);
        KeySchedule.VerifyData(Suite.Hash, MasterSecret, client, hash[..size], destination);
    }
}
