using System.Net;
using System.Net.Sockets;
using System.Text;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Parley.Dtls.Tests.Interop;

/// <summary>BouncyCastle as a peer: it shakes hands on a thread of its own, says one thing, waits for one thing, and closes.</summary>
internal sealed class BouncyCastlePeer : DatagramTransport, IDisposable
{
    public const string Exporter = "EXTRACTOR-dtls_srtp";

    private static readonly SecureRandom Random = new();
    private static readonly BcTlsCrypto Primitives = new(Random);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly DtlsCertificate _certificate;
    private EndPoint _remote;

    public BouncyCastlePeer(DtlsCertificate certificate, int remotePort = 0)
    {
        _certificate = certificate;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _remote = new IPEndPoint(IPAddress.Loopback, remotePort);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Set before the start: leave the extended master secret out.</summary>
    public bool WithoutExtendedMasterSecret { get; init; }

    /// <summary>Set before the start: an unknown extension of so many bytes in the hello.</summary>
    public int HelloPadding { get; init; }

    /// <summary>Set before the start: the one group that it offers or takes; 0 for its own list.</summary>
    public int Group { get; init; }

    public byte[] Exported { get; private set; } = [];

    public byte[] RemoteCertificate { get; private set; } = [];

    public int SrtpProfile { get; private set; } = -1;

    public Task<string> Connect(string greeting) =>
        Task.Run(() => Talk(new DtlsClientProtocol().Connect(new Client(this), this), greeting));

    public Task<string> Accept(string greeting) =>
        Task.Run(() => Talk(new DtlsServerProtocol().Accept(new Server(this), this), greeting));

    public int GetReceiveLimit() => 1500;

    public int GetSendLimit() => 1200;

    public int Receive(byte[] buffer, int offset, int length, int waitMillis) => Receive(buffer.AsSpan(offset, length), waitMillis);

    public int Receive(Span<byte> buffer, int waitMillis)
    {
        if (!_socket.Poll(Math.Max(1, waitMillis) * 1000, SelectMode.SelectRead))
        {
            return -1;
        }

        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = _socket.ReceiveFrom(buffer, ref from);
        _remote = from;
        return length;
    }

    public void Send(byte[] buffer, int offset, int length) => Send(buffer.AsSpan(offset, length));

    public void Send(ReadOnlySpan<byte> buffer) => _socket.SendTo(buffer, _remote);

    public void Close() => _socket.Dispose();

    public void Dispose() => _socket.Dispose();

    private static string Talk(DtlsTransport transport, string greeting)
    {
        transport.Send(Encoding.UTF8.GetBytes(greeting));
        var buffer = new byte[1500];
        var length = transport.Receive(buffer.AsSpan(), 20_000);
        transport.Close();
        return length < 0 ? "" : Encoding.UTF8.GetString(buffer, 0, length);
    }

    private BcDefaultTlsCredentialedSigner Credentials(TlsContext context, short signature)
    {
        var pem = _certificate.ToPem();
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(pem.AsSpan(pem.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)));
        return new BcDefaultTlsCredentialedSigner(
            new TlsCryptoParameters(context),
            Primitives,
            PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()),
            new Certificate([Primitives.CreateCertificate(_certificate.Der.ToArray())]),
            new SignatureAndHashAlgorithm(HashAlgorithm.sha256, signature));
    }

    // BouncyCastle exports nothing without the extended master secret.
    private void Complete(TlsContext context) =>
        Exported = WithoutExtendedMasterSecret ? [] : context.ExportKeyingMaterial(Exporter, null, 60);

    private static UseSrtpData Profiles() =>
        new([SrtpProtectionProfile.SRTP_AEAD_AES_128_GCM, SrtpProtectionProfile.SRTP_AES128_CM_HMAC_SHA1_80], []);

    private sealed class Client(BouncyCastlePeer peer) : DefaultTlsClient(Primitives)
    {
        public override bool ShouldUseExtendedMasterSecret() => !peer.WithoutExtendedMasterSecret;

        public override TlsAuthentication GetAuthentication() => new Authentication(peer, m_context);

        public override IDictionary<int, byte[]> GetClientExtensions()
        {
            var extensions = TlsExtensionsUtilities.EnsureExtensionsInitialised(base.GetClientExtensions());
            TlsSrtpUtilities.AddUseSrtpExtension(extensions, Profiles());
            if (peer.HelloPadding > 0)
            {
                extensions.Add(0x3A3A, new byte[peer.HelloPadding]);
            }

            return extensions;
        }

        public override void ProcessServerExtensions(IDictionary<int, byte[]> serverExtensions)
        {
            base.ProcessServerExtensions(serverExtensions);
            peer.SrtpProfile = TlsSrtpUtilities.GetUseSrtpExtension(serverExtensions)?.ProtectionProfiles[0] ?? -1;
        }

        public override void NotifyHandshakeComplete()
        {
            base.NotifyHandshakeComplete();
            peer.Complete(m_context);
        }

        protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

        // The curve of the certificates (RFC 8422 §5.3) comes last.
        protected override IList<int> GetSupportedGroups(IList<int> namedGroupRoles) =>
            peer.Group == 0 ? base.GetSupportedGroups(namedGroupRoles) : [.. new[] { peer.Group, NamedGroup.secp256r1 }.Distinct()];
    }

    private sealed class Authentication(BouncyCastlePeer peer, TlsContext context) : TlsAuthentication
    {
        public TlsCredentials GetClientCredentials(Org.BouncyCastle.Tls.CertificateRequest request) =>
            peer.Credentials(context, SignatureAlgorithm.ecdsa);

        public void NotifyServerCertificate(TlsServerCertificate certificate) =>
            peer.RemoteCertificate = certificate.Certificate.GetCertificateAt(0).GetEncoded();
    }

    private sealed class Server(BouncyCastlePeer peer) : DefaultTlsServer(Primitives)
    {
        private UseSrtpData? _offered;

        public override bool ShouldUseExtendedMasterSecret() => !peer.WithoutExtendedMasterSecret;

        public override Org.BouncyCastle.Tls.CertificateRequest GetCertificateRequest() => new(
            [ClientCertificateType.ecdsa_sign],
            [new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa)],
            null);

        public override void NotifyClientCertificate(Certificate clientCertificate) =>
            peer.RemoteCertificate = clientCertificate.GetCertificateAt(0).GetEncoded();

        public override void ProcessClientExtensions(IDictionary<int, byte[]> clientExtensions)
        {
            base.ProcessClientExtensions(clientExtensions);
            _offered = TlsSrtpUtilities.GetUseSrtpExtension(clientExtensions);
        }

        public override IDictionary<int, byte[]> GetServerExtensions()
        {
            var extensions = TlsExtensionsUtilities.EnsureExtensionsInitialised(base.GetServerExtensions());
            peer.SrtpProfile = _offered!.ProtectionProfiles[0];
            TlsSrtpUtilities.AddUseSrtpExtension(extensions, new UseSrtpData([peer.SrtpProfile], []));
            return extensions;
        }

        public override void NotifyHandshakeComplete()
        {
            base.NotifyHandshakeComplete();
            peer.Complete(m_context);
        }

        protected override TlsCredentialedSigner GetECDsaSignerCredentials() => peer.Credentials(m_context, SignatureAlgorithm.ecdsa);

        protected override int SelectECDH(int minimumCurveBits) => peer.Group == 0 ? base.SelectECDH(minimumCurveBits) : peer.Group;

        protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.DTLSv12.Only();

        protected override int[] GetSupportedCipherSuites() => [CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];
    }
}
