using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Parley.Dtls.OpenSsl;

/// <summary>What is called of OpenSSL's libcrypto: EC_KEY_new(3), EC_GROUP_new(3), EC_POINT_new(3), ECDSA_sign(3). See docs/decisions/0006-libcrypto.md.</summary>
internal static unsafe partial class Libcrypto
{
    public const int Uncompressed = 4;

    private const string Library = "libcrypto.so.3";
    private const int NidX962Prime256v1 = 415;
    private const long FirstVersion = 0x3000_0000;
    private const long VersionAfter = 0x4000_0000;
    private const ulong InitNoAtExit = 0x0008_0000;

    /// <summary>The curve secp256r1, made once and never changed; zero where the framework does not use OpenSSL 3, or it is held to FIPS 140.</summary>
    public static nint P256 { get; } = Probe();

    [LibraryImport(Library, EntryPoint = "EC_KEY_new")]
    public static partial nint NewKey();

    [LibraryImport(Library, EntryPoint = "EC_KEY_free")]
    public static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EC_KEY_set_group")]
    public static partial int SetGroup(P256Key key, nint group);

    [LibraryImport(Library, EntryPoint = "EC_KEY_generate_key")]
    public static partial int Generate(P256Key key);

    [LibraryImport(Library, EntryPoint = "EC_KEY_oct2key")]
    public static partial int SetPublic(P256Key key, byte* point, nuint length, nint context);

    [LibraryImport(Library, EntryPoint = "EC_KEY_get0_public_key")]
    public static partial nint PublicOf(P256Key key);

    [LibraryImport(Library, EntryPoint = "EC_KEY_priv2oct")]
    public static partial nuint WritePrivate(P256Key key, byte* destination, nuint length);

    [LibraryImport(Library, EntryPoint = "EC_POINT_point2oct")]
    public static partial nuint WritePoint(nint group, nint point, int form, byte* destination, nuint length, nint context);

    [LibraryImport(Library, EntryPoint = "ECDSA_sign")]
    public static partial int Sign(int type, byte* hash, int hashLength, byte* signature, uint* signatureLength, P256Key key);

    [LibraryImport(Library, EntryPoint = "ECDSA_verify")]
    public static partial int Verify(int type, byte* hash, int hashLength, byte* signature, int signatureLength, P256Key key);

    /// <summary>Forgets why the last call of this thread failed.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "EC_GROUP_new_by_curve_name")]
    private static partial nint NewGroup(int nid);

    [LibraryImport(Library, EntryPoint = "EVP_default_properties_is_fips_enabled")]
    private static partial int IsFipsEnabled(nint context);

    [LibraryImport(Library, EntryPoint = "OPENSSL_init_crypto")]
    private static partial int Initialize(ulong options, nint settings);

    private static nint Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        try
        {
            // Asking for the version has the framework load and prepare its OpenSSL. Nothing may be torn down at exit while threads still use it.
            return SafeEvpPKeyHandle.OpenSslVersion is >= FirstVersion and < VersionAfter && Initialize(InitNoAtExit, 0) == 1 && IsFipsEnabled(0) == 0
                ? NewGroup(NidX962Prime256v1)
                : 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException)
        {
            return 0;
        }
    }
}
