// What a slapd of the tests is made from: cn=config, and the entries that each test finds there:
// users with unequal rights, and a password policy for each answer that one can give.
#include "tests/directory/ldap/slapd.hpp"

namespace pulih::directory {
namespace {

const std::string schema = R"(
dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif
include: file:///etc/ldap/schema/cosine.ldif
include: file:///etc/ldap/schema/inetorgperson.ldif

dn: cn=pulih,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: pulih
olcAttributeTypes: ( 1.3.6.1.4.1.25178.1.2.3 NAME 'schacDateOfBirth'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
olcAttributeTypes: ( 1.3.6.1.4.1.25178.9.1 NAME 'region'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcAttributeTypes: ( 1.3.6.1.4.1.25178.9.2 NAME 'accountState'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcObjectClasses: ( 1.3.6.1.4.1.25178.9.3 NAME 'teacher' SUP top AUXILIARY
  MAY ( schacDateOfBirth $ region $ accountState ) )

)";

const std::string databases = R"(
dn: olcDatabase={-1}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {-1}frontend

dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcRootDN: cn=config
olcRootPW: config

dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: dc=example,dc=org
olcRootDN: cn=root,dc=example,dc=org
olcRootPW: root
olcDbNoSync: TRUE
olcDbIndex: objectClass,entryCSN eq
olcAccess: to attrs=userPassword by dn.exact="cn=hub,dc=example,dc=org" write
  by dn.exact="cn=unread,dc=example,dc=org" =cw
  by dn.exact="cn=writer,dc=example,dc=org" =w by anonymous auth by * none
olcAccess: to dn.subtree="ou=hidden,dc=example,dc=org" by * none
olcAccess: to * by dn.exact="cn=hub,dc=example,dc=org" read
  by dn.exact="cn=unread,dc=example,dc=org" read
  by dn.exact="cn=writer,dc=example,dc=org" read
  by dn.exact="cn=reader,dc=example,dc=org" read by * none
olcLimits: dn.exact="cn=hub,dc=example,dc=org" size=unlimited
)";

std::string when(bool is, const std::string& lines) { return is ? lines : ""; }

}  // namespace

std::string slapd_configuration(const std::string& folder, SlapdWays ways) {
  return "dn: cn=config\nobjectClass: olcGlobal\ncn: config\n" +
         when(ways.tls, "olcTLSCertificateFile: " + folder +
                            "/cert.pem\nolcTLSCertificateKeyFile: " + folder + "/key.pem\n") +
         "\ndn: cn=module{0},cn=config\nobjectClass: olcModuleList\ncn: module{0}\n"
         "olcModulePath: /usr/lib/ldap\nolcModuleLoad: back_mdb\n"
         "olcModuleLoad: syncprov\n" +
         when(ways.policy, "olcModuleLoad: ppolicy\n") +
         when(ways.argon2, "olcModuleLoad: argon2\n") + schema + databases +
         "olcDbDirectory: " + folder + "/data\n" +
         when(ways.syncprov,
              "\ndn: olcOverlay={0}syncprov,olcDatabase={1}mdb,cn=config\n"
              "objectClass: olcSyncProvConfig\nolcOverlay: {0}syncprov\n") +
         when(ways.policy,
              "\ndn: olcOverlay={1}ppolicy,olcDatabase={1}mdb,cn=config\n"
              "objectClass: olcPPolicyConfig\nolcOverlay: {1}ppolicy\n"
              "olcPPolicyDefault: cn=policy,dc=example,dc=org\nolcPPolicyUseLockout: TRUE\n" +
                  when(ways.hashes, "olcPPolicyHashCleartext: TRUE\n"));
}

std::string slapd_content(SlapdWays ways) {
  std::string made =
      "dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\n"
      "dc: example\no: example\n\n"
      "dn: ou=guru,dc=example,dc=org\nobjectClass: organizationalUnit\nou: guru\n\n";
  for (const std::string user : {"hub", "reader", "unread", "writer"})
    made += "dn: cn=" + user + ",dc=example,dc=org\nobjectClass: person\ncn: " + user +
            "\nsn: " + user + "\nuserPassword: secret-of-" + user + "\n\n";
  if (ways.policy)
    for (const std::string policy :
         {"policy\npwdMinLength: 8\npwdCheckQuality: 1\npwdInHistory: 3\n",
          "strict\npwdCheckQuality: 2\n", "locking\npwdLockout: TRUE\npwdMaxFailure: 2\n",
          "expiring\npwdMaxAge: 1\n", "slow\npwdMinAge: 9999\n", "old\npwdSafeModify: TRUE\n"})
      made += "dn: cn=" + policy.substr(0, policy.find('\n')) +
              ",dc=example,dc=org\nobjectClass: person\nobjectClass: pwdPolicy\nsn: policy\n"
              "pwdAttribute: userPassword\ncn: " +
              policy + "\n";
  return made;
}

}  // namespace pulih::directory
