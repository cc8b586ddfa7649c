# cmake -D SOURCE=… -D FOLDER=… -P embed_steps.cmake
# Writes SOURCE, a C++ file with the steps of the schema in FOLDER (001_….sql, 002_….sql, …), in
# their order: what pulihctl central init applies. A gap in the numbers stops the build.
file(GLOB steps ${FOLDER}/[0-9][0-9][0-9]_*.sql)
list(SORT steps)
set(wanted 0)
set(entries "")
foreach(step IN LISTS steps)
  math(EXPR wanted "${wanted} + 1")
  get_filename_component(name ${step} NAME_WE)
  string(SUBSTRING ${name} 0 3 number)
  string(REGEX REPLACE "^0+" "" number ${number})
  if(NOT number EQUAL wanted)
    message(FATAL_ERROR "${step}: step ${wanted} is missing")
  endif()
  file(READ ${step} text)
  if(text MATCHES "\\)sql\"")
    message(FATAL_ERROR "${step}: )sql\" cannot be embedded")
  endif()
  string(APPEND entries "    {\"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
file(WRITE ${SOURCE} "#include \"daemon/central/postgresql_owner.hpp\"

namespace pulih::central {

std::span<const SchemaStep> postgresql_steps() {
  static constexpr SchemaStep steps[] = {
${entries}  };
  return steps;
}

}  // namespace pulih::central
")
